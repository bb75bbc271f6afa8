import { expect, test } from "vitest";
import { quantizeByRange } from "../testing/quantize-by-range.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { smallImages, smallVit } from "../testing/small-vit.ts";
import { createNodeRunner, createWasmNodeRunner } from "./node-runner.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";
import { createGpuSession, createWasmSession } from "./session.ts";

const graph = smallVit();
const images = smallImages(6);

/** Largest difference; an adapter that rounds fma once may be off by some ULP of values of order ten. */
function expectClose(actual: Float32Array, expected: Float32Array, bound: number, what: string) {
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i])), 0);
  expect(worst, what).toBeLessThanOrEqual(bound);
}

test("a node on WebAssembly and on an adapter that rounds fma twice: the same bits, but for attention scores", async () => {
  const gpu = await nodeGpu();
  const bound = (await adapterFusesMultiplyAdd(gpu)) ? 1e-5 : 0;
  const [onGpu, onCpu] = [createNodeRunner(gpu), createWasmNodeRunner()];
  const values = new Map([["pixels", images]]);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => values.get(name) ?? images);
    const expected = await onGpu(node, inputs);
    const actual = await onCpu(node, inputs);
    expectClose(actual.data, expected.data, node.op === "AttentionScores" ? 1e-5 : bound, node.name);
    values.set(node.name, expected);
  }
});

test("a quantized model on WebAssembly and on an adapter that rounds fma twice: the same bits", async () => {
  const gpu = await nodeGpu();
  const quantized = quantizeByRange(graph, images, { weightBits: 4, activationBits: 4, probabilities: "log-sqrt2" });
  const onGpu = createGpuSession(gpu, quantized, { mode: "integer", execution: "f32" });
  const expected = (await onGpu.run(images)).logits;
  const actual = (await createWasmSession(quantized, "integer").run(images)).logits;
  // Where fma rounds once, a code at a rounding border may differ, and then everything behind it.
  if (!(await adapterFusesMultiplyAdd(gpu))) expect(actual).toEqual(expected);
  else expectClose(actual.data, expected.data, 1, "logits");
  onGpu.destroy();
});
