import { describe, expect, it } from "vitest";
import { INPUT, makeGraph, outputName, type Graph, type Node } from "../../graph/graph.ts";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { randomPixels, randomVit } from "../../testing/random-vit.ts";
import { layerRelevance } from "./layer-relevance.ts";
import { propagateRelevance } from "./propagate.ts";
import { sum, type Relevance } from "./rule.ts";

const of = (shape: number[], ...values: number[]): Tensor => tensor(shape, Float32Array.from(values));
const gemm = (name: string, input: string, weight: Tensor): Node => ({
  name,
  op: "Gemm",
  inputs: [input],
  attributes: {},
  weights: { weight },
});

/** Relevance of every value of one image, started with the largest logit. */
async function relevanceOf(graph: Graph, image: Tensor): Promise<Map<string, Relevance>> {
  const { taps, output } = runGraph(
    graph,
    image,
    graph.nodes.map(({ name }) => name),
  );
  const logit = Math.max(...output.data);
  const start = Float64Array.from(output.data, (value) => (value === logit ? value : 0));
  const found = new Map<string, Relevance>();
  await propagateRelevance(graph, new Map([[INPUT, image], ...Object.entries(taps)]), start, (name, relevance) => {
    found.set(name, relevance);
  });
  return found;
}

describe("two layers by hand", () => {
  const first = gemm("first", "pixels", of([2, 3], 1, 1, 1, -1, 2, -2));
  const second = gemm("second", "first", of([2, 2], 3, 1, 1, 0));
  const graph = makeGraph("two", [3], [first, second]);
  const image = of([1, 3], 1, 2, -1);

  it("relevance of both values", async () => {
    // first = (1 + 2 - 1, -1 + 4 + 2) = (2, 5); second = (6 + 5, 2) = (11, 2): the first class is predicted, R = (11, 0).
    // At first: 6 and 5 of 11. At pixels: 6 over products (1, 2) of 3, 5 over products (4, 2) of 6.
    const found = await relevanceOf(graph, image);
    expect([...found.keys()]).toEqual(["second", "first", "pixels"]);
    const expected = { second: [11, 0], first: [6, 5], pixels: [2, 4 + 10 / 3, 5 / 3] };
    for (const [name, values] of Object.entries(expected)) {
      values.forEach((value, i) => expect(found.get(name)?.[i]).toBeCloseTo(value, 6));
    }
  });

  it("scores are shares of the logit: 1 along a chain, whatever the logit", async () => {
    for (const factor of [1, 1000]) {
      const scores = await layerRelevance(graph, of([1, 3], factor, 2 * factor, -factor));
      expect(Object.keys(scores)).toEqual(["first", "second"]);
      expect(scores.first).toBeCloseTo(1, 7);
      expect(scores.second).toBe(1);
    }
  });
});

/** A sum of two branches of the image, then a classifier that reads one of the two elements. */
function branches(a: Tensor, b: Tensor): Graph {
  const add: Node = { name: "sum", op: "Add", inputs: ["a", "b"], attributes: {}, weights: {} };
  return makeGraph("branches", [2], [gemm("a", "pixels", a), gemm("b", "pixels", b), add, gemm("head", "sum", of([1, 2], 1, 0))]);
}

describe("branches", () => {
  it("equal branches have equal scores, half each", async () => {
    const weight = of([2, 2], 1, 2, 3, 4);
    const { a, b } = await layerRelevance(branches(weight, weight), of([1, 2], 1, 1));
    expect(a).toBeCloseTo(0.5, 7);
    expect(b).toBe(a);
  });

  it("scores are the branches' parts of the sum, averaged over images", async () => {
    const graph = branches(of([2, 2], 3, 0, 0, 1), of([2, 2], 0, 1, 1, 0));
    // Image (1, 1): 3 and 1 of 4. Image (1, 3): 3 and 3 of 6.
    const { a, b } = await layerRelevance(graph, of([2, 2], 1, 1, 1, 3));
    expect(a).toBeCloseTo((3 / 4 + 1 / 2) / 2, 7);
    expect(b).toBeCloseTo((1 / 4 + 1 / 2) / 2, 7);
  });

  it("leaves out what the output does not depend on", async () => {
    const graph = makeGraph("aside", [2], [gemm("aside", "pixels", of([1, 2], 1, 1)), gemm("head", "pixels", of([1, 2], 1, 2))]);
    expect(await layerRelevance(graph, of([1, 2], 1, 1))).toEqual({ aside: 0, head: 1 });
  });
});

const options = { image: 8, patch: 4, dim: 12, depth: 2, heads: 3, mlp: 20, classes: 5, seed: 7 } as const;

describe("a whole ViT", () => {
  it.each(["token", "mean", "distilled"] as const)("the logit's relevance arrives at the tokens, %s pooling", async (pooling) => {
    const graph = randomVit({ ...options, pooling, prefix: pooling === "distilled" ? 2 : 1 });
    const found = await relevanceOf(graph, randomPixels(1, 8, 2));
    const logit = sum(found.get(outputName(graph)) ?? new Float64Array());
    expect(Math.abs(logit)).toBeGreaterThan(0.1);
    const total = (name: string) => sum(found.get(name) ?? new Float64Array()) / logit;
    for (const name of ["tokens", "blocks.0.add1", "blocks.0.add2", "blocks.1.add1", "blocks.1.add2"])
      expect(total(name)).toBeCloseTo(1, 4);
    // Inside a branch all values carry what the branch got; attention halves it between the probabilities and v, and joins it again at qkv.
    for (const block of ["blocks.0", "blocks.1"]) {
      expect(total(`${block}.attn.matmul2`)).toBeCloseTo(total(`${block}.attn.proj`), 5);
      expect(total(`${block}.attn.softmax`)).toBeCloseTo(total(`${block}.attn.proj`) / 2, 5);
      expect(total(`${block}.attn.qkv`)).toBeCloseTo(total(`${block}.attn.proj`), 5);
      expect(total(`${block}.mlp.fc1`)).toBeCloseTo(total(`${block}.mlp.fc2`), 5);
    }
  });

  it("scores every layer once, in graph order, and does not depend on how images are batched", async () => {
    const graph = randomVit(options);
    const images = randomPixels(2, 8, 3);
    const both = await layerRelevance(graph, images);
    const names = graph.nodes.filter(({ op }) => ["Gemm", "AttentionScores", "AttentionOutput"].includes(op)).map(({ name }) => name);
    expect(Object.keys(both)).toEqual(names);
    const half = images.data.length / 2;
    const [one, two] = await Promise.all(
      [0, 1].map((i) => layerRelevance(graph, tensor([1, 3, 8, 8], images.data.slice(i * half, (i + 1) * half)))),
    );
    for (const name of names) {
      expect(both[name]).toBeGreaterThan(0);
      expect(both[name]).toBeCloseTo((one[name] + two[name]) / 2, 10);
    }
  });

  it("takes values from the given executor and reports every layer", async () => {
    const graph = randomVit(options);
    const executed: string[] = [];
    const done: number[] = [];
    await layerRelevance(graph, randomPixels(2, 8, 3), {
      runNode: async (node, inputs) => {
        executed.push(node.name);
        return runNode(node, inputs);
      },
      job: { onProgress: (progress) => done.push(progress.done / progress.total) },
    });
    const names = graph.nodes.map(({ name }) => name);
    expect(executed).toEqual([...names, ...names]);
    expect(done[0]).toBe(0);
    expect(done.at(-1)).toBe(1);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(new Set(done).size).toBe(2 * 14 + 1);
  });

  it("can be cancelled by a message that arrives during the walk back", async () => {
    const controller = new AbortController();
    const reported: number[] = [];
    const run = layerRelevance(randomVit(options), randomPixels(2, 8, 3), {
      job: {
        signal: controller.signal,
        onProgress: ({ done }) => {
          reported.push(done);
          if (done === 5) setTimeout(() => controller.abort());
        },
      },
    });
    await expect(run).rejects.toThrow("abort");
    expect(reported.at(-1)).toBeLessThan(14);
  });

  it("refuses a model that predicts nothing", async () => {
    const graph = makeGraph("untrained", [2], [gemm("head", "pixels", of([2, 2], 0, 0, 0, 0))]);
    const { what } = await expectCode("RELEVANCE_ZERO", () => layerRelevance(graph, of([1, 2], 1, 1)));
    expect(what).toContain("1 image.");
  });
});
