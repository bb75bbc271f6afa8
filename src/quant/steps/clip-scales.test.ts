import { expect, it } from "vitest";
import { makeGraph, type Node } from "../../graph/graph.ts";
import { runNode } from "../../reference/index.ts";
import { seededNormal } from "../../tensor/random.ts";
import { tensor } from "../../tensor/tensor.ts";
import { minMax } from "../observers/min-max.ts";
import { observeTensor } from "../observers/observer.ts";
import { clipChannelScales } from "../passes/clip-channel-scales.ts";
import { schemes } from "../schemes/index.ts";
import { clipScales } from "./clip-scales.ts";
import type { Layer, StepContext } from "./step.ts";

const [ROWS, CHANNELS, OUTPUTS] = [128, 64, 8];
const ones = (value: number) => tensor([CHANNELS], new Float32Array(CHANNELS).fill(value));

/** A layer behind a LayerNormalization; its first channel has two spikes of 100 and a small weight, all others are alike. */
function spiked(weightBits: number): { layer: Layer; context: StepContext } {
  const normal = seededNormal(5);
  const x = tensor([1, ROWS, CHANNELS], Float32Array.from({ length: ROWS * CHANNELS }, normal));
  [x.data[0], x.data[CHANNELS]] = [100, -100];
  const weight = Float32Array.from({ length: OUTPUTS * CHANNELS }, (_, i) => (i % CHANNELS === 0 ? 0.1 : 0.5 * normal()));
  const norm: Node = {
    name: "norm",
    op: "LayerNormalization",
    inputs: ["pixels"],
    attributes: { epsilon: 1e-6 },
    weights: { scale: ones(1), bias: ones(0) },
  };
  const gemm: Node = {
    name: "fc1",
    op: "Gemm",
    inputs: ["norm"],
    attributes: {},
    weights: { weight: tensor([OUTPUTS, CHANNELS], weight) },
  };
  const target = (bits: number) => ({ scheme: schemes.uniform, bits, levels: "strict" as const });
  const node = { ...gemm, quantizers: { input: observeTensor(minMax, x, -1, target(4)).quantizer } };
  const context: StepContext = {
    graph: makeGraph("layer", [ROWS, CHANNELS], [norm, gemm]),
    levels: "strict",
    runNode: (...call) => Promise.resolve(runNode(...call)),
    nodeNow: () => norm,
    prepared: new Map(),
    kept: new Map(),
    observe: (changed) => {
      const { quantizer } = observeTensor(minMax, changed.weights.weight, 0, target(weightBits));
      return { ...changed, quantizers: { ...changed.quantizers, weight: quantizer } };
    },
  };
  return { layer: { node, inputs: [x], float: { node: gemm, inputs: [x] }, inserted: [], changed: new Map() }, context };
}

const step = clipScales({ clips: [{ deviations: 2 }], target: "mean" });

// Unclipped, the factor of the first channel (about 33) makes its weight the largest of each row: with 2 bits the others nearly vanish, which costs
// thousands of squared units; with 8 bits that costs nothing, and saturating the two spikes about a hundred.
it("clips where the weights have few bits and would be dominated by the outlier, not where they have many", async () => {
  const few = spiked(2);
  const input = few.layer.node.quantizers?.input;
  if (!input) throw new Error("the layer has no input quantizer");
  const clipped = await step.run(few.layer, few.context);
  expect(clipped.node.quantizers).toEqual({ input: clipChannelScales(input, { deviations: 2 }) });
  expect(clipped.node.quantizers?.input?.scale[0]).toBeLessThan(input.scale[0] / 2);
  expect({ ...clipped, node: null }).toEqual({ ...few.layer, node: null });
  const many = spiked(8);
  expect(await step.run(many.layer, many.context)).toEqual(many.layer);
});

it("leaves a layer alone whose input has one step", async () => {
  const { layer, context } = spiked(2);
  const input = { ...layer.node.quantizers?.input, axis: null } as NonNullable<NonNullable<Node["quantizers"]>["input"]>;
  const single = { ...layer, node: { ...layer.node, quantizers: { input } } };
  expect(await step.run(single, context)).toBe(single);
});
