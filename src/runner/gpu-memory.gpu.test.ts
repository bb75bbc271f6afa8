/** What a model takes of the GPU's memory, that it gives it back, and what is said when there is none. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { countCalls } from "../gpu/call-counter.ts";
import type { Gpu } from "../gpu/device.ts";
import { tensor } from "../tensor/tensor.ts";
import { expectCode } from "../testing/expect-code.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { quantizeByRange } from "../testing/quantize-by-range.ts";
import { randomPixels, randomVit, type RandomVitOptions } from "../testing/random-vit.ts";
import { createConstantBuffers } from "./constant-buffers.ts";
import { createGpuExecutor, submitEnds } from "./gpu-executor.ts";
import { makePlan } from "./make-plan.ts";
import { packageBytes } from "./package-size.ts";
import { arenaBytes } from "./plan.ts";
import { createGpuSession } from "./session.ts";
import { stepWork } from "./tune/step-work.ts";

const tiny: RandomVitOptions = { image: 16, patch: 4, dim: 24, depth: 1, heads: 3, mlp: 40, classes: 10, seed: 1 };
const wide: RandomVitOptions = { ...tiny, dim: 192, depth: 2, mlp: 768 };
const float = { mode: "float", execution: "f32" } as const;

/** The device with every buffer that is made and not destroyed counted; `refuse` makes those with such a label fail for want of memory. */
function watched(gpu: Gpu, refuse?: RegExp): { gpu: Gpu; live(): number; bytes(): number } {
  const live = new Map<GPUBuffer, number>();
  let failing: string | null = null;
  const device = new Proxy(gpu.device, {
    get(target, name) {
      if (name === "createBuffer") {
        return (descriptor: GPUBufferDescriptor) => {
          if (refuse?.test(descriptor.label ?? "")) failing = descriptor.label ?? "";
          const buffer = target.createBuffer(descriptor);
          const destroy = buffer.destroy.bind(buffer);
          live.set(buffer, descriptor.size);
          buffer.destroy = () => (live.delete(buffer), destroy());
          return buffer;
        };
      }
      if (name === "popErrorScope" && failing !== null) {
        return async () => {
          const message = `no room for ${failing}`;
          failing = null;
          await target.popErrorScope();
          return { message };
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
  return { gpu: { ...gpu, device }, live: () => live.size, bytes: () => [...live.values()].reduce((a, b) => a + b, 0) };
}

test("buffers take at most 1.15 times the weights, plus the arena", async () => {
  const graph = randomVit(wide);
  const weights = graph.nodes.flatMap((node) => Object.values(node.weights)).reduce((sum, { data }) => sum + data.byteLength, 0);
  const { gpu, bytes, live } = watched(await nodeGpu());
  const session = createGpuSession(gpu, graph, float);
  const plan = await session.prepare(1);
  await session.run(randomPixels(1, wide.image, 5));
  expect(bytes()).toBeGreaterThan(weights);
  expect(bytes()).toBeLessThanOrEqual(1.15 * weights + arenaBytes(plan));
  // Weights in one buffer, activations in a few slots, parameters, readback.
  expect(live()).toBeLessThanOrEqual(3 + plan.slots.length);
  expect(plan.slots.length).toBeLessThanOrEqual(6);
  session.destroy();
  expect(live()).toBe(0);
});

test.each([8, 4])("%i-bit codes and their tables take at most 1.15 times what the package holds, plus the arena", async (bits) => {
  const graph = randomVit(wide);
  const pixels = randomPixels(1, wide.image, 5);
  const quantized = quantizeByRange(graph, pixels, { weightBits: bits, activationBits: bits, probabilities: "log2" });
  const { quantizedBytes } = packageBytes(graph, quantized);
  const { gpu, bytes } = watched(await nodeGpu());
  const session = createGpuSession(gpu, quantized, { mode: "integer", execution: "f32" });
  const plan = await session.prepare(1);
  expect(bytes()).toBeGreaterThan(quantizedBytes);
  expect(bytes()).toBeLessThanOrEqual(1.15 * quantizedBytes + arenaBytes(plan));
  session.destroy();
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** What is alive on the heap and outside of it, and what the system says of the process. */
function memoryNow(): { readonly heapBytes: number; readonly processBytes: number } {
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, processBytes: rss };
}

test.each(["float", "integer"] as const)("2,000 %s forwards leave no buffer behind, and no memory of the process", async (mode) => {
  const { gpu, live, bytes } = watched(await nodeGpu());
  const pixels = randomPixels(1, 8, 5);
  const model = randomVit({ ...tiny, image: 8, dim: 8, heads: 1, mlp: 8 });
  const quantized = quantizeByRange(model, pixels, { weightBits: 4, activationBits: 4, probabilities: "log2" });
  const session = createGpuSession(gpu, mode === "float" ? model : quantized, { ...float, mode });
  const first = (await session.run(pixels)).logits.data;
  const before = [live(), bytes()];
  let last = first;
  let settled = { heapBytes: 0, processBytes: 0 };
  for (let i = 0; i < 2000; i++) {
    last = (await session.run(pixels)).logits.data;
    // Until then the heap finds its size.
    if (i === 500) settled = memoryNow();
  }
  expect([live(), bytes()]).toEqual(before);
  const ended = memoryNow();
  // 1,500 forwards that each left three kilobytes would pass the first bound, the second is what a process may do by itself.
  expect(ended.heapBytes - settled.heapBytes).toBeLessThan(4 * 2 ** 20);
  expect(ended.processBytes - settled.processBytes).toBeLessThan(128 * 2 ** 20);
  expect(last).toEqual(first);
  session.destroy();
  expect(live()).toBe(0);
});

test.each([
  { what: "an activation", label: /of 1 images$/, named: /blocks\.|pixels|patch_embed/ },
  { what: "weights", label: /weight and \d+ more$/, named: /weight and \d+ more/ },
])("no memory for $what: the error names it, nothing is left behind, what is open stays usable", async ({ label, named }) => {
  const real = await nodeGpu();
  const graph = randomVit(tiny);
  const pixels = randomPixels(1, tiny.image, 5);
  const open = createGpuSession(real, graph, float);
  const expected = (await open.run(pixels)).logits.data;
  const { gpu, live } = watched(real, label);
  const session = createGpuSession(gpu, graph, float);
  await expectCode("OUT_OF_MEMORY", () => session.run(pixels));
  await expect(session.run(pixels)).rejects.toThrow(named);
  session.destroy();
  expect(live()).toBe(0);
  expect((await open.run(pixels)).logits.data).toEqual(expected);
  open.destroy();
});

test("a batch too large for the adapter is refused by the name of the tensor, with the limit", async () => {
  const gpu = await nodeGpu();
  const limits = { maxBufferSize: 2 ** 14, maxStorageBufferBindingSize: 2 ** 14 };
  const device = new Proxy(gpu.device, {
    get(target, name) {
      const value: unknown = name === "limits" ? limits : Reflect.get(target, name);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
  const plan = makePlan(randomVit(tiny), { ...float, attention: "rows", images: 64, taps: [], constants: new Map() });
  const constants = createConstantBuffers(gpu);
  constants.upload(plan.constants);
  const refused = createGpuExecutor({ ...gpu, device }, plan, constants);
  await expectCode("MODEL_TOO_LARGE", () => refused);
  await expect(refused).rejects.toThrow(/of 64 images" needs one buffer of .* allows 0\.0 MiB/);
  constants.destroy();
});

test("long work is cut into submits, on a software adapter sooner", async () => {
  const gpu = await nodeGpu();
  const planOf = (images: number) =>
    makePlan(randomVit({ ...tiny, image: 224, patch: 16, dim: 192, depth: 12, mlp: 768 }), {
      ...float,
      attention: "rows",
      images,
      taps: [],
      constants: new Map(),
    });
  const [few, many] = [planOf(4), planOf(64)];
  expect(submitEnds({ ...gpu, isSoftware: false }, few)).toEqual([few.steps.length]);
  for (const ends of [submitEnds({ ...gpu, isSoftware: true }, few), submitEnds({ ...gpu, isSoftware: false }, many)]) {
    expect(ends.length).toBeGreaterThan(1);
    expect(ends.at(-1)).toBe(few.steps.length);
    expect(ends).toEqual([...new Set(ends)].sort((a, b) => a - b));
  }
  // Half a second of what the slowest adapters do: 5.6 and 200 G operations a second. A step that is longer by itself cannot be cut.
  for (const [isSoftware, most] of [
    [true, 2.8e9],
    [false, 1e11],
  ] as const) {
    const ends = submitEnds({ ...gpu, isSoftware }, many);
    const work = many.steps.map((step) => stepWork(step, () => 0)).map(({ fma, packedDot }) => fma + packedDot);
    ends.forEach((end, i) => {
      const own = work.slice(ends[i - 1] ?? 0, end);
      expect(own.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(Math.max(most, ...own));
    });
  }
});

test("work in several submits gives what each image gives in one", async () => {
  const gpu = await nodeGpu();
  const graph = randomVit({ ...tiny, image: 224, patch: 16, dim: 96, heads: 3, depth: 7, mlp: 1536 });
  const session = createGpuSession(gpu, graph, { ...float, maxImages: 4 });
  const images = randomPixels(4, 224, 5);
  await session.run(images);
  let together = new Float32Array();
  const { submits } = await countCalls(gpu.device, async () => {
    together = (await session.run(images)).logits.data;
  });
  expect(submits).toBeGreaterThan(1);
  const perImage = images.data.length / 4;
  for (let i = 0; i < 4; i++) {
    const one = tensor([1, ...graph.inputShape], images.data.slice(i * perImage, (i + 1) * perImage));
    const alone = (await session.run(one)).logits.data;
    expect(together.slice(i * alone.length, (i + 1) * alone.length)).toEqual(alone);
  }
  session.destroy();
});
