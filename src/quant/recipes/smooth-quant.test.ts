import { expect, test } from "vitest";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { smallImages, smallVit } from "../../testing/small-vit.ts";
import { calibrate } from "../calibrate.ts";
import { smoothQuant } from "./smooth-quant.ts";

const QKV = "blocks.1.attn.qkv";

test("inputs and weights of a channel become equally large, and the function stays the same", async () => {
  const float = smallVit();
  const images = smallImages(8);
  const { graph } = await calibrate({
    graph: float,
    images,
    recipe: smoothQuant,
    weightBits: 8,
    activationBits: 8,
    levels: "strict",
    runNode: (node, inputs) => Promise.resolve(runNode(node, inputs)),
  });
  const bare = { ...graph, nodes: graph.nodes.map(({ quantizers: _quantizers, ...node }) => node) };
  const [expected, actual] = [runGraph(float, images).output, runGraph(bare, images, ["blocks.1.norm1"])];
  expected.data.forEach((logit, i) => expect(actual.output.data[i]).toBeCloseTo(logit, 4));
  const x = actual.taps["blocks.1.norm1"].data;
  const w = bare.nodes.find(({ name }) => name === QKV)?.weights.weight.data ?? new Float32Array(0);
  const largest = (values: Float32Array, channel: number) => Math.max(...values.filter((_, i) => i % 8 === channel).map(Math.abs));
  // With alpha = 1/2 both maxima become the square root of their product.
  for (let channel = 0; channel < 8; channel++) expect(largest(x, channel) / largest(w, channel)).toBeCloseTo(1, 3);
});
