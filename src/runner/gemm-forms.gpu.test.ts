/** Linear layers in integers for every form of their codes: GPU against its CPU twins in every word, and against the float simulation in meaning. */
import { expect, test } from "vitest";
import { makeGraph, type Graph, type Node } from "../graph/graph.ts";
import type { Quantizer } from "../graph/quantizer.ts";
import { schemes, type SchemeName } from "../quant/schemes/index.ts";
import { simulateGraph } from "../quant/simulate.ts";
import { runGraph } from "../reference/run-graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { quantizeByRange } from "../testing/quantize-by-range.ts";
import { randomPixels, randomVit, type RandomVitOptions } from "../testing/random-vit.ts";
import { integerObstacle } from "./integer-obstacle.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";
import { createGpuSession, createReferenceSession } from "./session.ts";

const IMAGES = 2;
const MLP = 40;
const DIM = 24;
/** Class token and 3 x 3 patches. */
const TOKENS = 10;
const options: RandomVitOptions = { image: 15, patch: 5, dim: DIM, heads: 3, mlp: MLP, depth: 1, classes: 7, seed: 2 };
const float = randomVit(options);
const calibration = randomPixels(4, options.image, 9);
const { taps } = runGraph(
  float,
  calibration,
  float.nodes.map(({ name }) => name),
);

/** A quantizer with entries fitted to a slice of values each. */
function fitted(scheme: SchemeName, bits: number, axis: Quantizer["axis"], slices: readonly (readonly number[])[]): Quantizer {
  const fits = slices.map((values) => schemes[scheme].fit({ low: Math.min(...values), high: Math.max(...values) }, bits, "strict"));
  const [{ parameters }] = fits;
  return {
    scheme,
    bits,
    levels: "strict",
    axis,
    scale: Float32Array.from(fits, ({ scale }) => scale),
    zeroPoint: Float32Array.from(fits.flatMap(({ zeroPoint }) => (zeroPoint === null ? [] : [zeroPoint]))),
    ...(parameters ? { parameters } : {}),
  };
}

type Change = (node: Node) => Node;

const withQuantizer =
  (site: "input" | "weight", make: (node: Node) => Quantizer): Change =>
  (node) => ({ ...node, quantizers: { ...node.quantizers, [site]: make(node) } });

const codebook = (scheme: SchemeName, bits: number) =>
  withQuantizer("input", ({ inputs }) => fitted(scheme, bits, null, [[...taps[inputs[0]].data]]));

/** One grid for each token, over all calibration images. */
const perToken = (bits: number) =>
  withQuantizer("input", ({ inputs }) => {
    const { data, shape } = taps[inputs[0]];
    const [, tokens, width] = shape;
    const of = (token: number) => [...data].filter((_, i) => Math.floor(i / width) % tokens === token);
    return fitted(
      "uniform",
      bits,
      -2,
      Array.from({ length: tokens }, (_, token) => of(token)),
    );
  });

/** `groups` grids along each row of the weight. */
const grouped = (bits: number, groups: number) =>
  withQuantizer("weight", ({ weights: { weight } }) => {
    const run = weight.shape[1] / groups;
    const slices = Array.from({ length: weight.shape[0] * groups }, (_, e) => [...weight.data.subarray(e * run, (e + 1) * run)]);
    return fitted("uniform", bits, 0, slices);
  });

const symmetricWeight = (bits: number) =>
  withQuantizer("weight", ({ weights: { weight } }) => {
    const [n, k] = weight.shape;
    return fitted(
      "symmetric",
      bits,
      0,
      Array.from({ length: n }, (_, row) => [...weight.data.subarray(row * k, (row + 1) * k)]),
    );
  });

const unquantized: Change = ({ name, op, inputs, attributes, weights }) => ({ name, op, inputs, attributes, weights });
const both =
  (...changes: readonly Change[]): Change =>
  (node) =>
    changes.reduce((changed, change) => change(changed), node);

/** An Affine in front of a layer; `fraction`: of a step by which its addends miss the grid of its reader. */
function withAffine(graph: Graph, reader: string, fraction: number): Graph {
  const nodes = graph.nodes.flatMap((node): Node[] => {
    if (node.name !== reader) return [node];
    const k = node.weights.weight.shape[1];
    const step = node.quantizers?.input?.scale ?? [0.05];
    const scale = Float32Array.from({ length: k }, (_, c) => 0.6 + 0.05 * (c % 9));
    const bias = Float32Array.from({ length: k }, (_, c) => ((c % 5) - 2 + fraction) * step[0]);
    const affine: Node = {
      name: `${reader}.scaled`,
      op: "Affine",
      inputs: node.inputs,
      attributes: {},
      weights: { scale: tensor([k], scale), bias: tensor([k], bias) },
    };
    return [affine, { ...node, inputs: [affine.name] }];
  });
  return makeGraph(graph.name, graph.inputShape, nodes);
}

const fc2 = "blocks.0.mlp.fc2";
const proj = "blocks.0.attn.proj";
const qkv = "blocks.0.attn.qkv";

interface Case {
  readonly name: string;
  readonly weightBits: number;
  readonly bits: number;
  readonly changes?: Readonly<Record<string, Change>>;
  /** An Affine before this layer, its addends off the grid by a fraction of a step. */
  readonly affine?: readonly [reader: string, fraction: number];
  /** Kernels that must run. */
  readonly kernels: readonly string[];
}

const cases: readonly Case[] = [
  { name: "Affine after GELU", weightBits: 4, bits: 4, affine: [fc2, 0], kernels: [] },
  { name: "Affine after GELU, off the grid", weightBits: 8, bits: 8, affine: [fc2, 0.4], kernels: [] },
  { name: "Affine after A.V", weightBits: 4, bits: 8, affine: [proj, 0], kernels: [] },
  { name: "Affine before a float layer", weightBits: 8, bits: 8, affine: [fc2, 0], changes: { [fc2]: unquantized }, kernels: ["affine"] },
  {
    name: "Affine before a codebook",
    weightBits: 8,
    bits: 8,
    affine: [fc2, 0],
    changes: { [fc2]: codebook("twin-gelu", 8) },
    kernels: ["affine"],
  },
  { name: "twin uniform, 8 bits", weightBits: 8, bits: 8, changes: { [fc2]: codebook("twin-gelu", 8) }, kernels: ["quantize"] },
  { name: "twin uniform, 4 bits", weightBits: 4, bits: 4, changes: { [fc2]: codebook("twin-gelu", 4) }, kernels: ["quantize"] },
  { name: "shifted AdaLog, 8 bits", weightBits: 8, bits: 8, changes: { [fc2]: codebook("adalog-shifted", 8) }, kernels: ["quantize"] },
  { name: "shifted AdaLog, 3 bits", weightBits: 3, bits: 3, changes: { [fc2]: codebook("adalog-shifted", 3) }, kernels: ["quantize"] },
  {
    name: "codes of tokens, 8 bits",
    weightBits: 8,
    bits: 8,
    changes: { [fc2]: perToken(8), [proj]: perToken(8), [qkv]: perToken(8) },
    kernels: ["quantize"],
  },
  { name: "codes of tokens, 4 bits", weightBits: 4, bits: 4, changes: { [fc2]: perToken(4) }, kernels: ["quantize"] },
  { name: "groups of 20 and 8 along K", weightBits: 4, bits: 8, changes: { [fc2]: grouped(4, 2), [qkv]: grouped(4, 3) }, kernels: [] },
  {
    name: "groups of codebook levels of 8 bits",
    weightBits: 8,
    bits: 8,
    changes: { [fc2]: both(grouped(8, 5), codebook("adalog-shifted", 8)), [proj]: both(grouped(2, 2), perToken(8)) },
    kernels: ["quantize"],
  },
  { name: "symmetric", weightBits: 4, bits: 6, changes: { [fc2]: both(symmetricWeight(4), codebook("symmetric", 6)) }, kernels: [] },
  { name: "float qkv before quantized attention", weightBits: 8, bits: 8, changes: { [qkv]: unquantized }, kernels: ["quantize"] },
];

function relativeError(a: Tensor, b: Tensor): number {
  let [error, size] = [0, 0];
  b.data.forEach((value, i) => {
    error += (a.data[i] - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(error / size);
}

test.each(cases)("$name", async ({ weightBits, bits, changes = {}, affine, kernels }) => {
  const ranged = quantizeByRange(float, calibration, { weightBits, activationBits: bits, probabilities: "log2" });
  const nodes = ranged.nodes.map((node) => changes[node.name]?.(node) ?? node);
  const changed = makeGraph(ranged.name, ranged.inputShape, nodes);
  const graph = affine ? withAffine(changed, ...affine) : changed;
  expect(integerObstacle(graph)).toBeNull();
  expect(graph.shapes.tokens[0]).toBe(TOKENS);
  const pixels = randomPixels(IMAGES, options.image, 5);
  const gpu = await nodeGpu();
  const names = graph.nodes.map((node) => node.name);
  const fused = await adapterFusesMultiplyAdd(gpu);
  const expected = await createReferenceSession(graph, "integer", fused).run(pixels, names);
  for (const execution of ["f32", "dot"] as const) {
    const session = createGpuSession(gpu, graph, { mode: "integer", execution });
    const plan = await session.prepare(IMAGES, names);
    const dispatched = new Set<string>(plan.steps.map(({ kernel }) => kernel));
    for (const kernel of kernels) expect(dispatched).toContain(kernel);
    if (kernels.length === 0) for (const kernel of ["affine", "quantize"]) expect(dispatched).not.toContain(kernel);
    const actual = await session.run(pixels, names);
    for (const [name, { data }] of Object.entries(actual.taps)) expect(data, `${execution} ${name}`).toEqual(expected.taps[name].data);
    expect(actual.logits.data, execution).toEqual(expected.logits.data);
    session.destroy();
  }

  const simulation = simulateGraph(graph, pixels, names);
  const session = createGpuSession(gpu, graph, { mode: "simulated", execution: "f32" });
  const onGpu = await session.run(pixels, names);
  session.destroy();
  for (const name of ["blocks.0.add1", "blocks.0.add2"]) {
    // Nothing but the order of sums tells the two simulations apart: a wrong constant would show a hundred times over.
    expect(relativeError(onGpu.taps[name], simulation.taps[name]), `simulated ${name}`).toBeLessThan(1e-3);
    // Eight-bit levels of probabilities are rounded to a grid whose sums f32 holds: one code in a hundred behind A.V, near a border, falls to its other side, and
    // a step of AdaLog's 8 bits is a fifth of a value. A wrong constant would still show fifty times over.
    expect(relativeError(expected.taps[name], simulation.taps[name]), `integer ${name}`).toBeLessThan(2e-2);
  }
});
