import { describe, expect, it } from "vitest";
import { replaceNodes, type Graph, type Node } from "../../graph/graph.ts";
import type { Quantizer, Quantizers } from "../../graph/quantizer.ts";
import { smallVit } from "../../testing/small-vit.ts";
import { integerArithmetic } from "./integer-arithmetic.ts";

const per = (scheme: string, scale: number[], zero: number | null, bits = 8): Quantizer => ({
  scheme,
  bits,
  levels: "strict",
  scale: Float32Array.from(scale),
  zeroPoint: Float32Array.from(zero === null ? [] : scale.map(() => zero)),
  axis: scale.length === 1 ? null : -1,
});

const factors = per("power-of-two-factor", [0.25, 0.5, 1, 2, 0.25, 0.5, 1, 2], 100);
const scores = per("uniform", [0.125], 90);
const octaves = per("log2", [1], null, 4);
const context = {
  levels: "strict",
  calibrateWeight: (node: Node) => node,
} as const;

function withQuantizers(quantizers: Readonly<Record<string, Quantizers>>): Graph {
  const graph = smallVit(1);
  const changed = graph.nodes
    .filter(({ name }) => quantizers[name])
    .map((node) => [node.name, { ...node, quantizers: quantizers[node.name] }] as const);
  return replaceNodes(graph, new Map(changed));
}

const nodeOf = (graph: Graph, name: string) => graph.nodes.find((node) => node.name === name);

describe("integer arithmetic", () => {
  it("gives a LayerNorm the steps of its own grid and of its reader, and its quantizer to the Add beside it", () => {
    const before = withQuantizers({ "blocks.0.norm1": { input: factors }, "blocks.0.attn.qkv": { input: per("uniform", [0.03], 128) } });
    const after = integerArithmetic.run(before, context);
    expect(nodeOf(after, "blocks.0.norm1")?.attributes).toEqual({
      epsilon: 1e-6,
      arithmetic: "integer",
      inputStep: 0.25,
      outputStep: Math.fround(0.03),
    });
    expect(nodeOf(after, "blocks.0.add1")?.quantizers?.input).toBe(factors);
    expect(nodeOf(after, "blocks.0.add2")?.quantizers).toBeUndefined();
  });

  it("sees the reader through a Gather", () => {
    const before = withQuantizers({ norm: { input: factors }, head: { input: per("uniform", [0.5], 3) } });
    expect(nodeOf(integerArithmetic.run(before, context), "norm")?.attributes).toMatchObject({ arithmetic: "integer", outputStep: 0.5 });
  });

  it.each([
    { name: "a reader with a step per channel", reader: { input: per("uniform", [1, 2, 3, 4, 5, 6, 7, 8], 1) }, own: factors },
    { name: "a reader in float", reader: {}, own: factors },
    {
      name: "an input off the grid",
      reader: { input: per("uniform", [0.5], 0) },
      own: per("power-of-two-factor", [1, 2, 3, 4, 5, 6, 7, 8], 0),
    },
  ])("leaves a LayerNorm in float with $name", ({ reader, own }) => {
    const after = integerArithmetic.run(withQuantizers({ "blocks.0.norm2": { input: own }, "blocks.0.mlp.fc1": reader }), context);
    expect(nodeOf(after, "blocks.0.norm2")?.attributes).toEqual({ epsilon: 1e-6 });
    expect(nodeOf(after, "blocks.0.add2")?.quantizers?.input).toBe(own);
  });

  it("runs softmax in integers where its scores have codes and its reader takes powers of two", () => {
    const softmaxOf = (probabilities: Quantizer) => {
      const before = withQuantizers({ "blocks.0.attn.softmax": { input: scores }, "blocks.0.attn.matmul2": { probabilities } });
      return nodeOf(integerArithmetic.run(before, context), "blocks.0.attn.softmax")?.attributes;
    };
    expect(softmaxOf(octaves)).toEqual({ arithmetic: "log-int", inputStep: 0.125 });
    expect(softmaxOf(per("log2", [0.9], null, 4))).toEqual({});
    expect(softmaxOf(per("uniform", [1 / 255], 0))).toEqual({});
  });

  it("returns a graph without such quantizers as it is", () => {
    const graph = smallVit(1);
    expect(integerArithmetic.run(graph, context)).toBe(graph);
  });
});
