/** Attention in integers for every kind of grid and of probabilities: GPU against its CPU twins in every word, and against the float simulation in meaning. */
import { expect, test } from "vitest";
import { makeGraph, type Graph, type Node } from "../graph/graph.ts";
import type { Quantizer, Site } from "../graph/quantizer.ts";
import { schemeOf, schemes, type SchemeName } from "../quant/schemes/index.ts";
import { simulateGraph } from "../quant/simulate.ts";
import { tensor } from "../tensor/tensor.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { quantizeByRange } from "../testing/quantize-by-range.ts";
import { randomPixels, randomVit, type RandomVitOptions } from "../testing/random-vit.ts";
import { integerObstacle } from "./integer-obstacle.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";
import { createGpuSession, createReferenceSession } from "./session.ts";

const IMAGES = 2;
const options: RandomVitOptions = { image: 15, patch: 5, dim: 30, heads: 5, mlp: 40, depth: 1, classes: 7, seed: 2 };

const TOKENS = 10;

type Change = (quantizer: Quantizer) => Quantizer;
type Changes = Readonly<Partial<Record<Site, Change>>>;

/** `entries` grids around the one that there is. */
const spread =
  (entries: number, axis: -1 | -2): Change =>
  (quantizer) => ({
    ...quantizer,
    axis,
    scale: Float32Array.from({ length: entries }, (_, e) => quantizer.scale[0] * (0.8 + 0.09 * (e % 5))),
    zeroPoint: Float32Array.from({ length: entries }, (_, e) => quantizer.zeroPoint[0] + (e % 3) - 1),
  });

const probabilities =
  (scheme: SchemeName, bits: number): Change =>
  () => {
    const { scale, zeroPoint, parameters } = schemes[scheme].fit({ low: 0, high: 0.6 }, bits, "strict");
    const zeros = Float32Array.from(zeroPoint === null ? [] : [zeroPoint]);
    const quantizer: Quantizer = { scheme, bits, levels: "strict", scale: Float32Array.of(scale), zeroPoint: zeros, axis: null };
    return parameters ? { ...quantizer, parameters } : quantizer;
  };

function changed(graph: Graph, changes: Changes): Graph {
  const nodes = graph.nodes.map((node) => {
    const { quantizers } = node;
    if (!quantizers || !node.op.startsWith("Attention")) return node;
    const replaced = Object.entries(quantizers).map(([site, quantizer]) => [site, changes[site as Site]?.(quantizer) ?? quantizer]);
    return { ...node, quantizers: Object.fromEntries(replaced) };
  });
  return makeGraph(graph.name, graph.inputShape, nodes);
}

/** A factor and an addend per channel between A.V and the projection. */
function withAffine(graph: Graph): Graph {
  const name = "blocks.0.attn.scaled";
  const nodes = graph.nodes.flatMap((node): Node[] => {
    if (node.op === "AttentionOutput") {
      const scale = Float32Array.from({ length: 30 }, (_, c) => 0.6 + 0.05 * (c % 7));
      const bias = Float32Array.from({ length: 30 }, (_, c) => 0.01 * ((c % 4) - 1.5));
      const weights = { scale: tensor([30], scale), bias: tensor([30], bias) };
      return [node, { name, op: "Affine", inputs: [node.name], attributes: {}, weights }];
    }
    return [node.name.endsWith("attn.proj") ? { ...node, inputs: [name] } : node];
  });
  return makeGraph(graph.name, graph.inputShape, nodes);
}

const cases: readonly { readonly name: string; readonly bits: number; readonly changes: Changes; readonly affine?: true }[] = [
  { name: "query and key per head", bits: 4, changes: { query: spread(5, -1), key: spread(5, -1) } },
  { name: "query and key per token", bits: 8, changes: { query: spread(TOKENS, -2), key: spread(TOKENS, -2) } },
  {
    name: "query per head, key per token, value per head",
    bits: 4,
    changes: { query: spread(5, -1), key: spread(TOKENS, -2), value: spread(5, -1) },
  },
  { name: "query per head, value per channel", bits: 8, changes: { query: spread(5, -1), value: spread(30, -1) } },
  { name: "value per head, Affine before the projection", bits: 6, changes: { value: spread(5, -1) }, affine: true },
  { name: "uniform, 8 bits, per channel", bits: 8, changes: { probabilities: probabilities("uniform", 8), value: spread(30, -1) } },
  { name: "log2", bits: 4, changes: { probabilities: probabilities("log2", 4) } },
  { name: "log-sqrt2, 6 bits, Affine", bits: 8, changes: { probabilities: probabilities("log-sqrt2", 6) }, affine: true },
  { name: "SULQ, 3 bits", bits: 4, changes: { probabilities: probabilities("sulq", 3) } },
  { name: "SULQ, 6 bits with 8-bit values", bits: 8, changes: { probabilities: probabilities("sulq", 6), value: spread(30, -1) } },
  { name: "AdaLog, 4 bits", bits: 4, changes: { probabilities: probabilities("adalog", 4), value: spread(5, -1) } },
  { name: "AdaLog, 8 bits", bits: 8, changes: { probabilities: probabilities("adalog", 8) } },
  { name: "twin uniform, 4 bits", bits: 4, changes: { probabilities: probabilities("twin-softmax", 4) } },
  { name: "tan, 6 bits", bits: 6, changes: { probabilities: probabilities("tan", 6) }, affine: true },
  { name: "DeMax, 4 bits", bits: 4, changes: { probabilities: probabilities("demax", 4) }, affine: true },
  { name: "DeMax, 8 bits, value per channel", bits: 8, changes: { probabilities: probabilities("demax", 8), value: spread(30, -1) } },
];

/** Root mean square of the difference, relative to that of b. */
function relativeError(a: Float32Array, b: Float32Array): number {
  let [error, size] = [0, 0];
  b.forEach((value, i) => {
    error += (a[i] - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(error / size);
}

test.each(cases)("$name", async ({ name, bits, changes, affine }) => {
  const float = randomVit(options);
  const ranged = quantizeByRange(float, randomPixels(4, options.image, 9), { weightBits: 8, activationBits: bits, probabilities: "log2" });
  const gridded = changed(ranged, changes);
  const graph = affine ? withAffine(gridded) : gridded;
  expect(integerObstacle(graph)).toBeNull();
  const pixels = randomPixels(IMAGES, options.image, 5);
  const gpu = await nodeGpu();
  const projection = graph.nodes.find((node) => node.name.endsWith("attn.proj"));
  const quantizer = projection?.quantizers?.input;
  if (!projection || !quantizer) throw new Error("the projection is quantized");
  const [written] = projection.inputs;
  const taps = graph.nodes.map((node) => node.name);
  const expected = await createReferenceSession(graph, "integer", await adapterFusesMultiplyAdd(gpu)).run(pixels, taps);
  for (const [execution, attention] of [
    ["f32", "share"],
    ["dot", "rows"],
  ] as const) {
    const session = createGpuSession(gpu, graph, { mode: "integer", execution, attention });
    const actual = await session.run(pixels, taps);
    for (const [value, { data }] of Object.entries(actual.taps)) expect(data, `${execution} ${value}`).toEqual(expected.taps[value].data);
    expect(actual.logits.data).toEqual(expected.logits.data);
    // Without taps between q k^T and P.V they are one dispatch, where its kernel knows the codes.
    const joined = await session.run(pixels, [written]);
    expect(joined.taps[written].data, `${execution} ${written}, whole rows`).toEqual(expected.taps[written].data);
    expect(joined.logits.data).toEqual(expected.logits.data);
    const kernels = (await session.prepare(IMAGES, [written])).steps.map(({ kernel }) => kernel);
    expect(kernels.some((kernel) => kernel.startsWith(`attention-${attention}-codes`))).toBe(!name.startsWith("DeMax"));
    session.destroy();
  }

  const simulation = simulateGraph(graph, pixels, taps).taps;
  const simulated = createGpuSession(gpu, graph, { mode: "simulated", execution: "f32" });
  const onGpu = await simulated.run(pixels, taps);
  simulated.destroy();
  // A value at a rounding border may get the neighbouring code: few do, so that the error stays far below that of a wrong scale.
  for (const value of ["blocks.0.attn.matmul1", written]) {
    expect(relativeError(onGpu.taps[value].data, simulation[value].data), `simulated ${value}`).toBeLessThan(0.02);
  }
  expect(relativeError(expected.taps["blocks.0.attn.matmul1"].data, simulation["blocks.0.attn.matmul1"].data)).toBeLessThan(0.02);
  const codes = schemeOf(quantizer).fakeQuantize(simulation[written], quantizer);
  expect(relativeError(expected.taps[written].data, codes.data), `integer ${written}`).toBeLessThan(0.03);
  const probability = graph.nodes.find(({ op }) => op === "AttentionOutput")?.quantizers?.probabilities;
  if (!probability) throw new Error("the probabilities are quantized");
  const softmax = "blocks.0.attn.softmax";
  const restored = schemeOf(probability).fakeQuantize(simulation[softmax], probability);
  expect(relativeError(expected.taps[softmax].data, restored.data), "integer softmax").toBeLessThan(0.03);
});
