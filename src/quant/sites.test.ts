import { describe, expect, it } from "vitest";
import type { Node } from "../graph/graph.ts";
import type { Site } from "../graph/quantizer.ts";
import { tensor } from "../tensor/tensor.ts";
import { smallVit } from "../testing/small-vit.ts";
import { isPatchInput, isPostLayerNorm, isProbabilities, isWeight, mapSite, readSite } from "./sites.ts";

const graph = smallVit(1);
const places = graph.nodes.flatMap((node) =>
  (["input", "weight", "query", "key", "probabilities", "value"] as Site[]).map((site) => ({ graph, node, site })),
);

describe("places", () => {
  it("are told apart by what produces the input", () => {
    const names = (where: (place: (typeof places)[number]) => boolean) =>
      places.filter(where).map(({ node, site }) => `${node.name}.${site}`);
    const gemms = (place: (typeof places)[number]) => place.node.op === "Gemm";
    expect(names((place) => gemms(place) && isPatchInput(place))).toEqual(["patch_embed.proj.input"]);
    expect(names((place) => gemms(place) && isPostLayerNorm(place))).toEqual(["blocks.0.attn.qkv.input", "blocks.0.mlp.fc1.input"]);
    expect(names((place) => gemms(place) && isWeight(place))).toHaveLength(6);
    expect(names((place) => place.node.op === "AttentionOutput" && isProbabilities(place))).toEqual([
      "blocks.0.attn.matmul2.probabilities",
    ]);
  });

  it("a head that reads a normalised pooled vector is not post-LayerNorm", () => {
    const head = graph.nodes.at(-1) as Node;
    const pooled: Node = { ...head, inputs: ["norm"] };
    expect(isPostLayerNorm({ graph, node: pooled, site: "input" })).toBe(true);
    expect(isPostLayerNorm({ graph: { ...graph, shapes: { ...graph.shapes, norm: [8] } }, node: pooled, site: "input" })).toBe(false);
  });
});

describe("reading and replacing what a site sees", () => {
  const node: Node = {
    name: "x",
    op: "AttentionScores",
    inputs: [],
    attributes: {},
    weights: { weight: tensor([1, 2], Float32Array.of(7, 8)) },
  };
  const qkv = tensor([1, 2, 6], Float32Array.of(1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16));

  it.each([
    ["query", [1, 2, 11, 12]],
    ["key", [3, 4, 13, 14]],
  ] as const)("%s is its third of the columns", (site, expected) => {
    expect(readSite(node, [qkv], site)).toEqual(tensor([1, 2, 2], Float32Array.from(expected)));
    const { inputs } = mapSite(node, [qkv], site, (x) =>
      tensor(
        x.shape,
        x.data.map((value) => -value),
      ),
    );
    expect([...inputs[0].data]).toEqual([...qkv.data].map((value) => ((expected as readonly number[]).includes(value) ? -value : value)));
    expect(qkv.data[0]).toBe(1);
  });

  it("value is the last third of the second operand", () => {
    expect([...readSite(node, [qkv, qkv], "value").data]).toEqual([5, 6, 15, 16]);
  });

  it("weight replaces the weight and leaves the node's other fields", () => {
    const changed = mapSite(node, [qkv], "weight", () => tensor([1, 2], Float32Array.of(0, 0)));
    expect([...changed.node.weights.weight.data]).toEqual([0, 0]);
    expect(changed.node.name).toBe("x");
    expect(readSite(node, [qkv], "weight").data[0]).toBe(7);
  });
});
