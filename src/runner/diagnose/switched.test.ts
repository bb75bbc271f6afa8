import { describe, expect, it } from "vitest";
import { makeGraph, type Graph } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { simulateGraph } from "../../quant/simulate.ts";
import { runGraph } from "../../reference/run-graph.ts";
import type { Progress } from "../../tensor/progress.ts";
import { diagnosedSmallVit } from "../../testing/diagnosed-model.ts";
import { createWasmNodeRunner } from "../node-runner.ts";
import type { DiagnosedModel } from "./diagnosed-model.ts";
import { distance } from "./distance.ts";
import { partsOf, rankParts } from "./rank-parts.ts";
import { splitError } from "./split-error.ts";
import { ALL_OFF, ALL_ON, createSwitchedRuns, type Switches } from "./switched-runs.ts";

/** The graph with quantizers taken out by hand. */
function without(graph: Graph, keep: (name: string, site: string) => boolean): Graph {
  const nodes = graph.nodes.map((node) => {
    const quantizers: Record<string, Quantizer> = {};
    for (const [site, quantizer] of Object.entries(node.quantizers ?? {})) if (keep(node.name, site)) quantizers[site] = quantizer;
    return { ...node, quantizers };
  });
  return makeGraph(graph.name, graph.inputShape, nodes);
}

/** Every layer at 8 bits but one, at 2. */
async function withOneWeakLayer(): Promise<DiagnosedModel> {
  return diagnosedSmallVit({
    recipe: "min-max",
    weightBits: 8,
    activationBits: 8,
    layerBits: { "blocks.1.mlp.fc1": { weights: 2, activations: 2 } },
  });
}

describe("switched runs", () => {
  it.each([
    ["off", ALL_OFF],
    ["on", ALL_ON],
  ] as const)("give what a graph with those quantizers gives, in any order, from everything %s", async (name, common) => {
    const model = await diagnosedSmallVit();
    const run = createSwitchedRuns(model, common);
    const layers = partsOf(model, "layer");
    expect(layers.length).toBe(14);
    for (const layer of [...layers, ...layers.toReversed()]) {
      const switches: Switches = (node) => (node.name === layer.name) === (name === "off");
      const expected = simulateGraph(
        without(model.quantized, (node) => switches({ name: node }, "input")),
        model.images,
      ).output;
      expect((await run(switches)).data, layer.name).toEqual(expected.data);
    }
  });
});

describe("splitError", () => {
  it("tells weights from activations", async () => {
    const model = await diagnosedSmallVit();
    const split = await splitError(model);
    const float = runGraph(model.float, model.images).output;
    const of = (keep: (name: string, site: string) => boolean) =>
      distance(float, simulateGraph(without(model.quantized, keep), model.images).output);
    expect(split.weights).toEqual(of((_name, site) => site === "weight"));
    expect(split.activations).toEqual(of((_name, site) => site !== "weight"));
    expect(split.both).toEqual(of(() => true));
    // RepQ-ViT's rewrites are exact but for the rounding of f32.
    expect(split.neither.klDivergence).toBeLessThan(1e-9);
    expect(split.neither.logitSqnrDb).toBeGreaterThan(100);
    expect(split.both.logitSqnrDb).toBeLessThan(30);
  });

  it("finds what a method has rounded in the model itself", async () => {
    const { neither, weights } = await splitError(await diagnosedSmallVit({ recipe: "gptq", weightBits: 2, activationBits: 8 }));
    // Exact rewrites leave more than 100 dB.
    expect(neither.logitSqnrDb).toBeLessThan(40);
    expect(weights.logitSqnrDb).toBeCloseTo(neither.logitSqnrDb, 3);
  });

  it("is the same on WebAssembly, within the rounding of f32", async () => {
    const model = await diagnosedSmallVit();
    const expected = await splitError(model);
    const actual = await splitError({ ...model, runNode: createWasmNodeRunner() });
    // A value that lies on a rounding border may fall to the other side: a hundredth of the loss is far more than that does here.
    expect(Math.abs(actual.both.klDivergence / expected.both.klDivergence - 1)).toBeLessThan(0.01);
  });
});

describe("rankParts", () => {
  it.each(["only", "without"] as const)("puts the one weak layer first: %s", async (mode) => {
    const model = await withOneWeakLayer();
    const ranking = await rankParts(model, "layer", mode);
    expect(ranking.parts[0].name).toBe("blocks.1.mlp.fc1");
    expect(ranking.parts.length).toBe(14);
    const [first, second] = ranking.parts.map(({ distance: d }) => d.klDivergence);
    expect(mode === "only" ? first / second : second / first).toBeGreaterThan(10);
    // Nothing quantized is the float model; everything quantized is the whole loss.
    if (mode === "only") expect(ranking.start.klDivergence).toBe(0);
    else expect(ranking.start.klDivergence).toBeGreaterThan(10 * first);
  });

  it("groups by role and block", async () => {
    const model = await withOneWeakLayer();
    expect(partsOf(model, "role").map(({ name }) => name)).toEqual([
      "patch_embed.proj",
      "attn.qkv",
      "attn.matmul1",
      "attn.matmul2",
      "attn.proj",
      "mlp.fc1",
      "mlp.fc2",
      "head",
    ]);
    expect((await rankParts(model, "role", "only")).parts[0]).toMatchObject({
      name: "mlp.fc1",
      nodes: ["blocks.0.mlp.fc1", "blocks.1.mlp.fc1"],
      block: null,
    });
    expect((await rankParts(model, "block", "without")).parts[0]).toMatchObject({ name: "block 1", block: 1 });
  });

  it("reports progress and stops when it is told to", async () => {
    const model = await withOneWeakLayer();
    const stop = new AbortController();
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): void => {
      seen.push(progress);
      if (progress.done === 3) stop.abort();
    };
    await expect(rankParts({ ...model, job: { signal: stop.signal, onProgress } }, "layer", "only")).rejects.toThrow("abort");
    expect(seen.map(({ done }) => done)).toEqual([0, 1, 2, 3]);
    expect(seen[3]).toMatchObject({ stage: expect.stringContaining("alone"), total: 15 });
  });
});
