import { expect, test } from "vitest";
import { nodeGpu } from "../../testing/node-gpu-bundle.ts";
import { randomVit } from "../../testing/random-vit.ts";
import { profileModel } from "./profile-model.ts";

const graph = randomVit({ image: 16, patch: 4, dim: 24, depth: 1, heads: 3, mlp: 40, classes: 10, seed: 1 });
const request = { mode: "float", execution: "f32", images: 2, roofline: null } as const;

test("every step is timed, by the GPU's clock where it has one", async () => {
  const gpu = await nodeGpu();
  const stages = new Set<string>();
  const profile = await profileModel(gpu, graph, request, { onProgress: ({ stage }) => stages.add(stage) });
  expect(profile.clock).toBe(gpu.device.features.has("timestamp-query") ? "timestamps" : "wall");
  expect(profile.steps).toHaveLength(7 + 4);
  for (const { name, elapsedMs, bytes, repeats } of profile.steps) {
    expect(elapsedMs, name).toBeGreaterThan(0);
    expect(bytes, name).toBeGreaterThan(0);
    expect(repeats, name).toBeGreaterThanOrEqual(1);
  }
  const { cold, warm, memory } = profile;
  expect(warm.lowestMs).toBeGreaterThan(0);
  expect(warm.lowestMs).toBeLessThanOrEqual(warm.medianMs);
  expect(cold.totalMs).toBeGreaterThanOrEqual(cold.planMs + Math.max(cold.weightsMs, cold.compileMs) + cold.firstRunMs);
  const weights = graph.nodes.flatMap((node) => Object.values(node.weights)).reduce((sum, { data }) => sum + data.byteLength, 0);
  expect(memory.weightBytes).toBeGreaterThanOrEqual(weights);
  // A second start finds its pipelines compiled.
  expect((await profileModel(gpu, graph, request)).cold.pipelinesCompiled).toBe(0);
  expect([...stages]).toEqual(expect.arrayContaining(["loading weights, compiling kernels", "running whole forwards", "timing kernels"]));
});

test("a float model stored in 16 bits: the same steps on half the bytes of weights", async () => {
  const gpu = await nodeGpu();
  const [whole, halves] = [await profileModel(gpu, graph, request), await profileModel(gpu, graph, { ...request, precision: "f16" })];
  expect([whole.precision, halves.precision]).toEqual([undefined, "f16"]);
  expect(halves.steps.map(({ name }) => name)).toEqual(whole.steps.map(({ name }) => name));
  expect(halves.steps.some(({ kernel }) => kernel.startsWith("gemm-f16"))).toBe(true);
  expect(halves.memory.weightBytes).toBeLessThan(0.7 * whole.memory.weightBytes);
  for (const [i, { operations, bytes }] of halves.steps.entries()) {
    expect(operations).toBe(whole.steps[i].operations);
    expect(bytes).toBeLessThanOrEqual(whole.steps[i].bytes);
  }
});

test("without timestamp queries the CPU's clock serves, and the profile says so", async () => {
  const gpu = await nodeGpu();
  const device = new Proxy(gpu.device, {
    get(target, name) {
      const value: unknown = name === "features" ? new Set() : Reflect.get(target, name);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
  const profile = await profileModel({ ...gpu, device }, graph, { ...request, images: 1 });
  expect(profile.clock).toBe("wall");
  expect(profile.clockNote).toContain("no timestamp queries");
});
