import { beforeAll, describe, expect, it } from "vitest";
import { makeGraph, type Graph, type Node } from "../../graph/graph.ts";
import type { Site } from "../../graph/quantizer.ts";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { smallImages, smallVit } from "../../testing/small-vit.ts";
import { calibrate } from "../calibrate.ts";
import { repqVit } from "../recipes/repq-vit.ts";
import { simulateGraph } from "../simulate.ts";
import { createPartialRuns } from "./partial-runs.ts";

const images = smallImages(3);
const executed: string[] = [];
const onCpu = (node: Node, inputs: readonly Tensor[]) => {
  executed.push(node.name);
  return Promise.resolve(runNode(node, inputs));
};

let graph: Graph;
beforeAll(async () => {
  const request = { recipe: repqVit, weightBits: 3, activationBits: 3, levels: "strict" as const };
  ({ graph } = await calibrate({ graph: smallVit(), images, runNode: onCpu, ...request }));
});

/** The graph with the quantizers of these sites only. */
function keeping(name: string, sites: readonly Site[]): Graph {
  const nodes = graph.nodes.map((node) => {
    const quantizers = Object.entries(node.quantizers ?? {}).filter(([site]) => node.name === name && sites.includes(site as Site));
    return { ...node, quantizers: Object.fromEntries(quantizers) };
  });
  return makeGraph(graph.name, graph.inputShape, nodes);
}

describe("partial runs", () => {
  it("quantize the named operands and nothing else", async () => {
    const run = createPartialRuns({ graph, images, runNode: onCpu });
    const both = { weights: 3, activations: 3 };
    for (const [name, operands, sites] of [
      ["patch_embed.proj", both, ["input", "weight"]],
      ["blocks.0.attn.matmul1", { activations: 3 }, ["query", "key"]],
      ["blocks.1.attn.matmul2", both, ["probabilities", "value"]],
      ["blocks.1.mlp.fc1", { weights: 3 }, ["weight"]],
      ["head", { activations: 3 }, ["input"]],
    ] as const) {
      const output = await run({ [name]: operands });
      expect(output, name).toEqual(simulateGraph(keeping(name, sites), images).output);
      expect(output, name).not.toEqual(runGraph(graph, images).output);
    }
    expect(await run({})).toEqual(runGraph(graph, images).output);
  });

  it("compute what lies before the first quantized node once, and start over for an earlier one", async () => {
    const run = createPartialRuns({ graph, images, runNode: onCpu });
    const names = graph.nodes.map(({ name }) => name);
    const after = async (name: string) => {
      executed.length = 0;
      await run({ [name]: { weights: 3 } });
      return executed.length;
    };
    const at = (name: string) => names.length - names.indexOf(name);
    expect(await after("blocks.0.mlp.fc1")).toBe(names.length);
    expect(await after("blocks.0.mlp.fc1")).toBe(at("blocks.0.mlp.fc1"));
    expect(await after("blocks.1.mlp.fc1")).toBe(at("blocks.0.mlp.fc1"));
    expect(await after("head")).toBe(at("blocks.1.mlp.fc1"));
    expect(await after("blocks.0.attn.qkv")).toBe(names.length);
  });

  it("stop when cancelled, and the next run is right", async () => {
    const controller = new AbortController();
    let left = 4;
    const run = createPartialRuns({
      graph,
      images,
      runNode: (node, inputs) => {
        if (--left === 0) controller.abort();
        return onCpu(node, inputs);
      },
      job: { signal: controller.signal },
    });
    executed.length = 0;
    await expect(run({ head: { weights: 3 } })).rejects.toThrow("abort");
    expect(executed).toHaveLength(4);
  });
});
