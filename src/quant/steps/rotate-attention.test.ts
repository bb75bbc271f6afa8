import { describe, expect, it } from "vitest";
import { makeGraph, type Graph, type Node } from "../../graph/graph.ts";
import { metrics } from "../../metrics/index.ts";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { smallImages, smallVit } from "../../testing/small-vit.ts";
import { calibrate } from "../calibrate.ts";
import { minMax as observer } from "../observers/min-max.ts";
import { minMax } from "../recipes/min-max.ts";
import { simulateGraph } from "../simulate.ts";
import { rotateAttention } from "./rotate-attention.ts";
import type { LayerStep } from "./step.ts";
import { weightedRanges } from "./weighted-ranges.ts";

const QKV = "blocks.0.attn.qkv";

describe("rotateAttention", () => {
  it("rotates queries where single channels stand out, which brings what attention writes closer to the float model", async () => {
    const spiky = withQueries(smallVit(), (channel) => (channel % 4 === 0 ? 12 : 1));
    const [chosen, plain] = [(await quantized(spiky, [step, ranges])).graph, (await quantized(spiky, [ranges])).graph];
    expect(queriesChanged(spiky, chosen)).toBe(true);
    const written = "blocks.0.attn.proj";
    const images = smallImages(8);
    const exact = runGraph(spiky, images, [written]).taps[written];
    const sqnrDb = (graph: Graph) => metrics.sqnrDb.measure(exact, simulateGraph(graph, images, [written]).taps[written]);
    expect(sqnrDb(chosen)).toBeGreaterThan(sqnrDb(plain) + 1);
  });

  it("leaves queries and keys alone where a rotation gains nothing", async () => {
    const silent = withQueries(smallVit(), () => 0);
    expect(queriesChanged(silent, (await quantized(silent, [step])).graph)).toBe(false);
  });

  it.each([
    ["full rows", smallVit()],
    ["gated heads", gated(smallVit())],
    ["clipped softmax", clipped(smallVit())],
  ])("changes nothing that the model computes: %s", async (_kind, float) => {
    const spiky = withQueries(float, (channel) => (channel % 4 === 0 ? 12 : 1));
    const { graph } = await quantized(spiky, [step]);
    const images = smallImages(8);
    const probabilities = "blocks.0.attn.softmax";
    const [before, after] = [spiky, graph].map((model) => runGraph(unquantized(model), images, [probabilities]));
    expect(metrics.sqnrDb.measure(before.taps[probabilities], after.taps[probabilities])).toBeGreaterThan(90);
  });

  it.each([
    ["gated heads", gated(smallVit())],
    ["clipped softmax", clipped(smallVit())],
  ])("takes no mean off the values of %s, whose rows do not sum to 1", async (_kind, float) => {
    const { graph } = await quantized(float, [step]);
    const images = smallImages(8);
    expect(metrics.sqnrDb.measure(runGraph(float, images).output, runGraph(unquantized(graph), images).output)).toBeGreaterThan(90);
  });
});

/** Queries of each channel scaled, heads have 4. */
function withQueries(float: Graph, factorOf: (channel: number) => number): Graph {
  const nodes = float.nodes.map((node) => {
    if (node.name !== QKV) return node;
    const { weight, bias } = node.weights;
    const [rows, k] = weight.shape;
    const factor = (row: number) => (row < rows / 3 ? factorOf(row) : 1);
    return {
      ...node,
      weights: {
        ...node.weights,
        weight: tensor(
          weight.shape,
          weight.data.map((w, i) => w * factor(Math.floor(i / k))),
        ),
        bias: tensor(
          bias.shape,
          bias.data.map((b, row) => b * factor(row)),
        ),
      },
    };
  });
  return makeGraph(float.name, float.inputShape, nodes);
}

function queriesChanged(before: Graph, after: Graph): boolean {
  const [a, b] = [before, after].map(({ nodes }) => nodes.find(({ name }) => name === QKV)?.weights.weight);
  if (!a || !b) throw new Error(`no ${QKV}`);
  return a.data.subarray(0, a.data.length / 3).some((w, i) => w !== b.data[i]);
}

function unquantized({ name, inputShape, nodes }: Graph): Graph {
  return makeGraph(
    name,
    inputShape,
    nodes.map(({ quantizers: _left, ...node }) => node),
  );
}

const ranges = weightedRanges();
const step = rotateAttention(ranges);

function quantized(float: Graph, steps: readonly LayerStep[]) {
  return calibrate({
    graph: float,
    images: smallImages(8),
    recipe: {
      ...minMax,
      order: "sequential",
      rules: [
        {
          where: ({ site }) => site === "query" || site === "key",
          scheme: "uniform",
          bits: "activations",
          granularity: "per tensor",
          observer,
        },
      ],
      steps,
    },
    weightBits: 4,
    activationBits: 4,
    levels: "strict",
    runNode: (node: Node, inputs: readonly Tensor[]) => Promise.resolve(runNode(node, inputs)),
  });
}

/** With a gate for each head, computed from what attention reads. */
function gated({ name, inputShape, nodes, shapes }: Graph): Graph {
  const heads = Number(nodes.find(({ op }) => op === "AttentionScores")?.attributes.numHeads);
  const withGates = nodes.flatMap((node): Node[] => {
    if (!node.name.endsWith(".attn.proj")) return [node];
    const block = node.name.slice(0, -".attn.proj".length);
    const norm = `${block}.norm1`;
    const width = shapes[norm][1];
    const weight = tensor(
      [heads, width],
      Float32Array.from({ length: heads * width }, (_, i) => Math.sin(i)),
    );
    const alpha = { name: `${block}.attn.alpha`, op: "Gemm" as const, inputs: [norm], attributes: {}, weights: { weight } };
    const gate = { name: `${block}.attn.gate`, op: "HeadGate" as const, inputs: [node.inputs[0], alpha.name], attributes: {}, weights: {} };
    return [alpha, gate, { ...node, inputs: [gate.name] }];
  });
  return makeGraph(name, inputShape, withGates);
}

function clipped({ name, inputShape, nodes }: Graph): Graph {
  const attributes = { gamma: -0.05, zeta: 1.1 };
  return makeGraph(
    name,
    inputShape,
    nodes.map((node) => (node.op === "Softmax" ? { ...node, attributes } : node)),
  );
}
