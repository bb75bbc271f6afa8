import { describe, expect, it } from "vitest";
import { INPUT, makeGraph, type Graph } from "../../graph/graph.ts";
import type { Quantizer, Site } from "../../graph/quantizer.ts";
import { encodeByThresholds } from "../../quant/schemes/codebook.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { tensor } from "../../tensor/tensor.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { quantizeByRange } from "../../testing/quantize-by-range.ts";
import { randomPixels, randomVit } from "../../testing/random-vit.ts";
import { levelSites, siteLevels } from "./level-sites.ts";

const HEADS = 3;
const DIM = 12;
const MLP = 16;
/** Four patches and the class token. */
const TOKENS = 5;
const float = randomVit({ image: 8, patch: 4, dim: DIM, heads: HEADS, mlp: MLP, depth: 2, classes: 3, seed: 2 });
const pixels = randomPixels(1, 8, 9);
const graph = quantizeByRange(float, pixels, { weightBits: 4, activationBits: 4, probabilities: "log2" });
const names = float.nodes.map(({ name }) => name);
const values = new Map([[INPUT, pixels], ...Object.entries(runGraph(float, pixels, names).taps)]);

const valueOf = (name: string) => {
  const value = values.get(name);
  if (!value) throw new Error(`${name} was not computed`);
  return value;
};

/** Every quantizer at a site changed. */
function changed(site: Site, change: Partial<Quantizer>): Graph {
  const nodes = graph.nodes.map((node) => {
    const quantizer = node.quantizers?.[site];
    return quantizer ? { ...node, quantizers: { ...node.quantizers, [site]: { ...quantizer, ...change } } } : node;
  });
  return makeGraph("changed", graph.inputShape, nodes);
}

const idOf = (sites: ReturnType<typeof levelSites>, title: string, block: number | null) => {
  const site = sites.find((candidate) => candidate.title === title && candidate.block === block);
  if (!site) throw new Error(`no ${title} in block ${block}`);
  return site;
};

describe("level sites", () => {
  const sites = levelSites(graph);

  it("names every quantized activation in words, and no weight", () => {
    expect(sites.filter(({ block }) => block === 1).map(({ title }) => title)).toEqual([
      expect.stringMatching(/^LayerNorm output, read by .*qkv$/),
      "queries",
      "keys",
      "attention probabilities",
      "values",
      expect.stringMatching(/^input of .*proj$/),
      expect.stringMatching(/^LayerNorm output, read by .*fc1$/),
      "GELU output",
    ]);
    expect(sites.filter(({ block }) => block === null).map(({ title }) => title)).toEqual(["image patches", "input of head"]);
    expect(sites.find(({ title }) => title === "image patches")).toMatchObject({ bits: 8, part: null, entries: 1 });
  });

  it("sees through what a recipe puts between GELU and its reader", () => {
    const nodes = graph.nodes.flatMap((node) => {
      if (node.op !== "Gelu") return [node];
      const ones = tensor([MLP], new Float32Array(MLP).fill(1));
      const raw = { ...node, name: `${node.name}.raw` };
      return [raw, { name: node.name, op: "Affine", inputs: [raw.name], attributes: {}, weights: { scale: ones, bias: ones } } as const];
    });
    const titles = levelSites(makeGraph("with affine", graph.inputShape, nodes)).map(({ title }) => title);
    expect(titles).toEqual(sites.map(({ title }) => title));
  });

  it("calls what is added and what is normalised the residual stream", () => {
    const values = graph.nodes.find(({ quantizers }) => quantizers?.value)?.quantizers?.value;
    if (!values) throw new Error("no quantizer to borrow");
    const nodes = graph.nodes.map((node) =>
      node.op === "Add" || node.op === "LayerNormalization" ? { ...node, quantizers: { input: values } } : node,
    );
    const titles = levelSites(makeGraph("residual", graph.inputShape, nodes))
      .filter(({ block }) => block === 1)
      .map(({ title }) => title);
    expect(titles.filter((title) => title.startsWith("residual stream, read by ")).length).toBe(4);
  });

  it("puts all probabilities under the levels of their quantizer, by octaves", () => {
    const { histogram, codebook, axis } = siteLevels(graph, idOf(sites, "attention probabilities", 1).id, 0, valueOf);
    expect(axis).toBe("log");
    // One image: heads x tokens x tokens numbers, whose rows sum to one.
    expect(histogram.counts.reduce((a, b) => a + b, 0)).toBe(HEADS * TOKENS * TOKENS);
    expect(histogram.centres.reduce((sum, centre, i) => sum + centre * histogram.counts[i], 0)).toBeCloseTo(HEADS * TOKENS, 4);
    // log2 codes: 0 is the largest level s, 1 is s / 2.
    expect(codebook?.decode.length).toBe(16);
    expect(codebook?.decode[1]).toBe((codebook?.decode[0] ?? 0) / 2);
    const decoded = codebook === null ? [] : [...histogram.centres].map((centre) => codebook.decode[encodeByThresholds(centre, codebook)]);
    expect(new Set(decoded).size).toBeGreaterThan(1);
  });

  it("takes the columns of one head where heads have their own quantizers", () => {
    const own = changed("query", { axis: -1, scale: Float32Array.of(1, 2, 4), zeroPoint: Float32Array.of(8, 8, 8) });
    const site = idOf(levelSites(own), "queries", 0);
    expect(site).toMatchObject({ part: "head", entries: HEADS });
    const { histogram, codebook } = siteLevels(own, site.id, 1, valueOf);
    // Columns of qkv: q of head 0, 1, 2, then k and v.
    const qkv = valueOf(own.nodes.find(({ quantizers }) => quantizers?.query)?.inputs[0] ?? "");
    const width = DIM / HEADS;
    const second = [...qkv.data].filter((_, i) => Math.floor((i % (3 * DIM)) / width) === 1);
    expect([...histogram.centres]).toEqual(second.sort((a, b) => a - b));
    // (code - 8) * 2
    expect([codebook?.decode[0], codebook?.decode[15]]).toEqual([-16, 14]);
  });

  it("knows channels and tokens as parts", () => {
    const parts = (axis: -1 | -2, entries: number) => {
      const change = { axis, scale: new Float32Array(entries).fill(1), zeroPoint: new Float32Array(entries) };
      return idOf(levelSites(changed("value", change)), "values", 0).part;
    };
    expect([parts(-1, DIM), parts(-1, HEADS), parts(-2, TOKENS)]).toEqual(["channel", "head", "token"]);
  });

  it("has no table where there is none: levels of each row, fractional zero points", () => {
    const rows = changed("probabilities", { scheme: "demax" });
    const fractional = changed("value", { zeroPoint: Float32Array.of(7.5) });
    expect(idOf(levelSites(rows), "attention probabilities", 0).part).toBe("row");
    expect(siteLevels(rows, idOf(sites, "attention probabilities", 0).id, 0, valueOf).codebook).toBeNull();
    expect(siteLevels(fractional, idOf(sites, "values", 0).id, 0, valueOf).codebook).toBeNull();
  });

  it("refuses places that there are not", async () => {
    await expectCode("LEVELS_GONE", () => siteLevels(graph, "blocks.9.attn.qkv.input", 0, valueOf));
    await expectCode("LEVELS_GONE", () => siteLevels(graph, idOf(sites, "values", 0).id, 1, valueOf));
  });
});
