import { expect, it } from "vitest";
import { makeGraph, type Node } from "../../graph/graph.ts";
import { klDivergence } from "../../metrics/kl-divergence.ts";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { smallImages, smallVit } from "../../testing/small-vit.ts";
import { calibrate } from "../calibrate.ts";
import { repqVit } from "../recipes/repq-vit.ts";
import { simulateGraph } from "../simulate.ts";
import { layerSensitivity } from "./layer-sensitivity.ts";

const graph = smallVit(1);
const onCpu = (node: Node, inputs: readonly Tensor[]) => Promise.resolve(runNode(node, inputs));
const model = { graph, images: smallImages(20), runNode: onCpu };
const layers = ["patch_embed.proj", "attn.qkv", "attn.matmul1", "attn.matmul2", "attn.proj", "mlp.fc1", "mlp.fc2", "head"].map((name) =>
  /^(attn|mlp)/.test(name) ? `blocks.0.${name}` : name,
);

it("is the divergence of the logits with one layer quantized by itself, on the first 16 images", async () => {
  const table = await layerSensitivity(model, repqVit, "both");
  expect(Object.keys(table)).toEqual(layers);
  for (const row of Object.values(table)) expect(Object.keys(row)).toEqual(["2", "3", "4", "6", "8"]);

  // The same number by stripping a whole calibrated model: ranges of the float model, everything but fc2 in float.
  const request = { recipe: { ...repqVit, order: "parallel" as const }, weightBits: 3, activationBits: 3, levels: "strict" as const };
  const quantized = await calibrate({ ...model, ...request });
  const nodes = quantized.graph.nodes.map(({ quantizers, ...node }) =>
    node.name === "blocks.0.mlp.fc2" && quantizers ? { ...node, quantizers } : node,
  );
  const stripped = makeGraph(graph.name, graph.inputShape, nodes);
  const probes = smallImages(16);
  const expected = klDivergence.measure(runGraph(stripped, probes).output, simulateGraph(stripped, probes).output);
  expect(expected).toBeGreaterThan(1e-3);
  expect(table["blocks.0.mlp.fc2"][3]).toBeCloseTo(expected, 12);
  expect(table["blocks.0.mlp.fc2"][8]).toBeLessThan(expected / 10);
});

it("of weights alone leaves activations in float and attention products out, and moves less", async () => {
  const weights = await layerSensitivity(model, repqVit, "weights");
  expect(Object.keys(weights)).toEqual(layers.filter((name) => !name.includes("matmul")));
  const both = await layerSensitivity(model, repqVit, "both");
  expect(weights.head[4]).not.toBe(both.head[4]);
});

it("reports what only goes forward, to the end, and can be cancelled while it measures", async () => {
  const done: number[] = [];
  await layerSensitivity({ ...model, job: { onProgress: (progress) => done.push(progress.done / progress.total) } }, repqVit, "weights");
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect([done[0], done.at(-1)]).toEqual([0, 1]);

  const controller = new AbortController();
  const stages: string[] = [];
  const job = {
    signal: controller.signal,
    onProgress: ({ stage }: { stage: string }) => {
      stages.push(stage);
      if (stage === "measuring blocks.0.attn.proj at 2 bits") controller.abort();
    },
  };
  await expect(layerSensitivity({ ...model, job }, repqVit, "weights")).rejects.toThrow("abort");
  expect(stages.at(-1)).toBe("measuring blocks.0.attn.proj at 2 bits");
});
