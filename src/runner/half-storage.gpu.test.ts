import { expect, test } from "vitest";
import { expectCode } from "../testing/expect-code.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { nullDevice } from "../testing/node-gpu.ts";
import { randomPixels, randomVit } from "../testing/random-vit.ts";
import { halvesFault } from "./check-halves.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";
import { createGpuSession, createReferenceSession } from "./session.ts";

const graph = randomVit({ image: 15, patch: 5, dim: 30, heads: 3, mlp: 40, depth: 1, classes: 7, seed: 2 });
const pixels = randomPixels(2, 15, 5);
const taps = graph.nodes.map(({ name }) => name).filter((name) => !/matmul1|softmax/.test(name));
const float16 = { mode: "float", execution: "f32", precision: "f16", attention: "rows" } as const;

test("a model in f16 has the words that the CPU predicts, after its kernels passed their cases here", async () => {
  const gpu = await nodeGpu();
  const session = createGpuSession(gpu, graph, float16);
  const actual = await session.run(pixels, taps);
  const kernels = new Set((await session.prepare(2, taps)).steps.map(({ kernel }) => kernel));
  session.destroy();
  expect([...kernels].sort()).toEqual(["attention-rows-f16", "gemm-f16", "layer-norm-f16", "patchify"]);
  const expected = await createReferenceSession(graph, "float", await adapterFusesMultiplyAdd(gpu), "f16").run(pixels, taps);
  // The reference's attention is three kernels, whose scores' order of sums is the compiler's: bits are compared up to there, the rest within f16.
  const exact = taps.slice(0, taps.indexOf("blocks.0.attn.qkv") + 1);
  for (const name of exact) expect(actual.taps[name], name).toEqual(expected.taps[name]);
  const largest = Math.max(...expected.logits.data.map(Math.abs));
  actual.logits.data.forEach((value, i) => expect(Math.abs(value - expected.logits.data[i])).toBeLessThan(2e-3 * largest));
});

test("a device that is lost during the check says nothing about f16: the loss is the caller's, who opens another", async () => {
  const gpu = await nodeGpu();
  const session = createGpuSession(gpu, graph, float16);
  const step = (await session.prepare(1)).steps.find(({ kernel }) => kernel === "gemm-f16");
  session.destroy();
  const device = new Proxy(gpu.device, {
    get(target, name) {
      if (name === "lost") return Promise.resolve({ reason: "unknown", message: "gone" });
      if (name === "createShaderModule") throw new Error("the device is lost");
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
  if (!step) throw new Error("the plan has no linear layer in f16");
  await expect(halvesFault({ ...gpu, device }, step)).rejects.toThrow("the device is lost");
});

test("an adapter that computes f16 wrong is not used", async () => {
  const gpu = { ...(await nodeGpu()), device: await nullDevice() };
  const session = createGpuSession(gpu, graph, float16);
  expect((await expectCode("HALF_WRONG", () => session.prepare(1))).what).toContain("gemm-f16");
  session.destroy();
});
