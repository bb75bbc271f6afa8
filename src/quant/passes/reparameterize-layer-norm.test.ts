import { describe, expect, it } from "vitest";
import { makeGraph, type Graph, type Node } from "../../graph/graph.ts";
import type { Levels, Quantizer } from "../../graph/quantizer.ts";
import { runNode } from "../../reference/index.ts";
import { seededNormal } from "../../tensor/random.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { schemes } from "../schemes/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { simulateGraph } from "../simulate.ts";
import { commonQuantizer, reparameterizeLayerNorm } from "./reparameterize-layer-norm.ts";

const of = (shape: number[], ...values: number[]): Tensor => tensor(shape, Float32Array.from(values));

/** Golden vector R1: three channels, four bits. */
const perChannel = (levels: Levels): Quantizer => ({
  scheme: "uniform",
  bits: 4,
  levels,
  scale: Float32Array.of(0.1, 0.5, 0.2),
  zeroPoint: Float32Array.of(7, 9, 4),
  axis: -1,
});

const WEIGHT = of([2, 3], 0.2, -0.1, 0.4, -0.3, 0.25, 0.15);
const BIAS = of([2], 0.01, -0.02);

function twoLayers(input: Quantizer, bias: Tensor | null = BIAS): Graph {
  const norm: Node = {
    name: "norm",
    op: "LayerNormalization",
    inputs: ["pixels"],
    attributes: { epsilon: 1e-6 },
    weights: { scale: of([3], 1, 2, 0.5), bias: of([3], 0.1, -0.3, 0.05) },
  };
  const weightQuantizer: Quantizer = { ...input, scale: Float32Array.of(1, 1), zeroPoint: Float32Array.of(0, 0), axis: 0 };
  const gemm: Node = {
    name: "linear",
    op: "Gemm",
    inputs: ["norm"],
    attributes: {},
    weights: { weight: WEIGHT, ...(bias ? { bias } : {}) },
    quantizers: { input, weight: weightQuantizer },
  };
  return makeGraph("two", [4, 3], [norm, gemm]);
}

const context = (levels: Levels) => ({ levels, calibrateWeight: (node: Node) => node });

function closeTo(actual: Tensor, ...expected: number[]): void {
  expect(actual.data).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(actual.data[i]).toBeCloseTo(value, 6));
}

describe("reparameterizing a LayerNorm", () => {
  it("golden vector R1, strict: integer zero point", () => {
    const [norm, linear] = reparameterizeLayerNorm.run(twoLayers(perChannel("strict")), context("strict")).nodes;
    expect(linear.quantizers?.input?.scale[0]).toBeCloseTo(0.26666667, 7);
    expect([...(linear.quantizers?.input?.zeroPoint ?? [])]).toEqual([7]);
    expect(linear.quantizers?.input?.axis).toBeNull();
    closeTo(norm.weights.scale, 2.66666667, 1.06666667, 0.66666667);
    closeTo(norm.weights.bias, 0.26666667, 0.37333333, -0.73333333);
    closeTo(linear.weights.weight, 0.075, -0.1875, 0.3, -0.1125, 0.46875, 0.1125);
    closeTo(linear.weights.bias, 0.35, -0.18);
  });

  it("golden vector R1, as published: mean zero point", () => {
    const [, linear] = reparameterizeLayerNorm.run(twoLayers(perChannel("as-published")), context("as-published")).nodes;
    expect(linear.quantizers?.input?.zeroPoint[0]).toBeCloseTo(20 / 3, 6);
    closeTo(linear.weights.bias, 0.33333333, -0.22166667);
    const input = linear.quantizers?.input;
    if (!input) throw new Error("no input quantizer");
    // X~ of R1 shifted by this zero point: codes 14.667, 3.667, 5.667.
    const codes = [0.8, -2.7, 0.25].map((x, c) => {
      const { scale, zeroPoint } = perChannel("as-published");
      const shifted = (x + scale[c] * (zeroPoint[c] - input.zeroPoint[0])) / (scale[c] / input.scale[0]);
      return schemes.uniform.quantize(shifted, input);
    });
    [14.667, 3.667, 5.667].forEach((code, c) => expect(codes[c]).toBeCloseTo(code, 3));
  });

  it.each(["strict", "as-published"] as const)("leaves the float function as it was (%s)", (levels) => {
    const normal = seededNormal(2);
    const x = tensor(
      [2, 4, 3],
      Float32Array.from({ length: 24 }, () => 3 * normal()),
    );
    const before = twoLayers(perChannel(levels));
    const expected = runGraph(before, x).output.data;
    const actual = runGraph(reparameterizeLayerNorm.run(before, context(levels)), x).output.data;
    expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 5));
  });

  it("strict: per-tensor codes after equal per-channel codes before", () => {
    const normal = seededNormal(5);
    const x = tensor(
      [8, 4, 3],
      Float32Array.from({ length: 96 }, () => normal()),
    );
    const quantizer = perChannel("strict");
    const before = twoLayers(quantizer);
    const after = reparameterizeLayerNorm.run(before, context("strict"));
    const common = after.nodes[1].quantizers?.input;
    if (!common) throw new Error("no input quantizer");
    const [channelWise, layerWise] = [before, after].map((graph) => runNode(graph.nodes[0], [x]).data);
    const codes = Array.from(channelWise, (value, i) => schemes.uniform.quantize(value, quantizer, i % 3));
    expect(Array.from(layerWise, (value) => schemes.uniform.quantize(value, common))).toEqual(codes);
    expect(new Set(codes).size).toBeGreaterThan(5);
  });

  it("gives a layer without bias one, takes off the weight quantizer and shares no state with the input graph", () => {
    const before = twoLayers(perChannel("strict"), null);
    const [, linear] = reparameterizeLayerNorm.run(before, context("strict")).nodes;
    closeTo(linear.weights.bias, 0.34, -0.16);
    expect(linear.quantizers?.weight).toBeUndefined();
    expect(before.nodes[1].weights.bias).toBeUndefined();
    expect(before.nodes[1].quantizers?.weight?.scheme).toBe("uniform");
  });

  it("does not touch LayerNorms whose readers are quantized per tensor or not at all", () => {
    const perTensor: Quantizer = { ...perChannel("strict"), scale: Float32Array.of(1), zeroPoint: Float32Array.of(8), axis: null };
    const graph = twoLayers(perTensor);
    expect(reparameterizeLayerNorm.run(graph, context("strict"))).toBe(graph);
    expect(simulateGraph(graph, of([1, 4, 3], ...Array.from({ length: 12 }, (_, i) => i))).output.data.every(Number.isFinite)).toBe(true);
  });

  it("leaves a LayerNorm with two readers alone: each gets the factors in front of it, and the function stays", () => {
    const graph = twoLayers(perChannel("strict"));
    const second: Node = { ...graph.nodes[1], name: "other" };
    const both = makeGraph("both", [4, 3], [...graph.nodes, second]);
    const changed = reparameterizeLayerNorm.run(both, context("strict"));
    expect(changed.nodes.map(({ name, op, inputs }) => `${name} ${op} ${inputs.join()}`)).toEqual([
      "norm LayerNormalization pixels",
      `${graph.nodes[1].name}.balance Affine norm`,
      `${graph.nodes[1].name} Gemm ${graph.nodes[1].name}.balance`,
      "other.balance Affine norm",
      "other Gemm other.balance",
    ]);
    expect(changed.nodes[0]).toBe(graph.nodes[0]);
    const x = of([1, 4, 3], ...Array.from({ length: 12 }, (_, i) => Math.sin(3 * i)));
    const [before, after] = [both, changed].map((model) => runGraph(model, x).output.data);
    after.forEach((value, i) => expect(value).toBeCloseTo(before[i], 5));
  });

  it("rounds the common zero point half to even", () => {
    const quantizer = { ...perChannel("strict"), scale: Float32Array.of(1, 1), zeroPoint: Float32Array.of(2, 3) };
    expect(commonQuantizer(quantizer, "strict").zeroPoint).toBe(2);
    expect(commonQuantizer(quantizer, "as-published").zeroPoint).toBe(2.5);
  });
});
