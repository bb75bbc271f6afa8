import { expect, test } from "vitest";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { quantizeByRange } from "../testing/quantize-by-range.ts";
import { randomPixels, randomVit } from "../testing/random-vit.ts";
import { createGpuSession } from "./session.ts";

const float = randomVit({ image: 15, patch: 5, dim: 30, heads: 3, mlp: 40, depth: 1, classes: 7, seed: 2 });
const pixels = randomPixels(2, 15, 5);
const quantized = quantizeByRange(float, randomPixels(4, 15, 9), { weightBits: 4, activationBits: 8, probabilities: "log2" });

test.each([
  { graph: float, mode: "float", execution: "f32", kernel: "gemm-norm-f32" },
  { graph: quantized, mode: "integer", execution: "f32", kernel: "gemm-norm-codes-f32" },
  { graph: quantized, mode: "integer", execution: "dot", kernel: "gemm-norm-codes-dot" },
] as const)("$kernel in place of norms of their own: the same bits", async ({ graph, mode, execution, kernel }) => {
  const gpu = await nodeGpu();
  const run = async (prologue: "none" | "norm") => {
    const session = createGpuSession(gpu, graph, { mode, execution, attention: "unfused", prologue });
    const { steps } = await session.prepare(2);
    const { logits } = await session.run(pixels);
    session.destroy();
    return { logits: logits.data, kernels: steps.map((step) => step.kernel) };
  };
  const [apart, joined] = [await run("none"), await run("norm")];
  expect(joined.logits).toEqual(apart.logits);
  expect(joined.kernels).toHaveLength(apart.kernels.length - 3);
  expect(joined.kernels.filter((name) => name === kernel)).toHaveLength(3);
});
