/** Parts of RepQ-ViT and the whole simulated model, from the official quantizers and weights (shared/oracle). */
import { describe, expect, it } from "vitest";
import type { Node } from "../graph/graph.ts";
import type { Levels, Quantizer } from "../graph/quantizer.ts";
import { metrics } from "../metrics/index.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import {
  f32,
  integers,
  layerAfter,
  officialGraph,
  officialName,
  officialQuantizer,
  oracleGraph,
  oracleImages,
  readTensors,
} from "../testing/oracle.ts";
import { absorb, commonQuantizer, reparameterizationFactors, reparameterizedNorm } from "./passes/reparameterize-layer-norm.ts";
import { encodeTensor } from "./schemes/encode.ts";
import { schemeOf } from "./schemes/index.ts";
import { simulateGraph } from "./simulate.ts";

const FILES = [
  ["repq", "outlier", 3, "as-published"],
  ["repq", "outlier", 4, "as-published"],
  ["repq", "outlier", 6, "as-published"],
  ["repq", "outlier", 8, "as-published"],
  ["repq", "plain", 3, "as-published"],
  ["repq", "plain", 4, "as-published"],
  ["repq", "plain", 6, "as-published"],
  ["repq", "plain", 8, "as-published"],
  ["pkb", "outlier", 3, "strict"],
  ["pkb", "outlier", 4, "strict"],
  ["pkb", "outlier", 8, "strict"],
] as const;

/** The whole model runs for these; the rest differ in nothing that matters to it. */
const SIMULATED = FILES.filter(([method, weights, bits]) => (method === "repq" && weights === "outlier") || bits === 4);

const expectedOf = (method: string, weights: string, bits: number) =>
  readTensors(`vit-s32/expected/${method}.${weights}.w${bits}a${bits}.safetensors`);

function nodeOf(graph: { readonly nodes: readonly Node[] }, name: string): Node {
  const node = graph.nodes.find((candidate) => candidate.name === name);
  if (!node) throw new Error(`no node ${name}`);
  return node;
}

function firstRows(x: Tensor, count: number): Tensor {
  const width = x.data.length / x.shape[0];
  return tensor([count, ...x.shape.slice(1)], x.data.slice(0, count * width));
}

describe("RepQ-ViT from the official parameters", () => {
  it.each(FILES)("%s %s at %i bits: reparameterization to the bit", (method, weights, bits, levels) => {
    const expected = expectedOf(method, weights, bits);
    const graph = oracleGraph(weights);
    const norms = [...expected.keys()].flatMap((name) => /^reparam\/(.*)\.r$/.exec(name)?.[1] ?? []);
    expect(norms).toHaveLength(8);
    for (const norm of norms) {
      const layer = layerAfter(norm);
      const perChannel = officialQuantizer(expected, "initial", layer, "input", bits, levels) as Quantizer;
      const target = {
        scale: f32(expected, `reparam/${norm}.target_delta`).data[0],
        zeroPoint: f32(expected, `reparam/${norm}.target_zero_point`).data[0],
      };
      // Torch adds the steps in another order; the zero points are integers whose sum is exact.
      const common = commonQuantizer(perChannel, levels);
      expect(Math.abs(common.scale / target.scale - 1)).toBeLessThan(1e-6);
      expect(Math.abs(common.zeroPoint - target.zeroPoint)).toBeLessThan(levels === "strict" ? 1e-9 : 1e-6);

      const factors = reparameterizationFactors(perChannel, target);
      expect(factors.r).toEqual(f32(expected, `reparam/${norm}.r`).data);
      expect(factors.b).toEqual(f32(expected, `reparam/${norm}.b`).data);
      const changed = reparameterizedNorm(nodeOf(graph, norm), factors);
      expect(changed.weights.scale.data).toEqual(f32(expected, `p/${norm}.weight`).data);
      expect(changed.weights.bias.data).toEqual(f32(expected, `p/${norm}.bias`).data);
      const absorbed = absorb(nodeOf(graph, layer), factors);
      if (expected.has(`p/${layer}.weight`)) expect(absorbed.weight.data).toEqual(f32(expected, `p/${layer}.weight`).data);
      // The bias holds a sum over the channels, in torch's order.
      expect(metrics.sqnrDb.measure(f32(expected, `p/${layer}.bias`), absorbed.bias)).toBeGreaterThan(110);
    }
  });

  it("weight codes of every layer at four bits", () => {
    const expected = expectedOf("repq", "outlier", 4);
    const graph = officialGraph("outlier", expected, 4, "as-published");
    const layers = [...expected.keys()].filter((name) => name.startsWith("wcode/")).map((name) => name.slice(6));
    expect(layers).toHaveLength(18);
    for (const layer of layers) {
      const { weights, quantizers } = nodeOf(graph, layer);
      const codes = encodeTensor(weights.weight, quantizers?.weight as Quantizer).data;
      expect([layer, [...codes]]).toEqual([layer, [...integers(expected, `wcode/${layer}`)]]);
    }
  });

  it("every captured activation quantizer: same output for the same input", () => {
    const expected = expectedOf("repq", "outlier", 4);
    const graph = officialGraph("outlier", expected, 4, "as-published");
    let compared = 0;
    for (const { name, quantizers } of graph.nodes) {
      for (const [site, quantizer] of Object.entries(quantizers ?? {})) {
        const key = `cap_q/${officialName(name, site as "input")}`;
        if (!expected.has(`${key}.in`)) continue;
        compared++;
        const restored = schemeOf(quantizer).fakeQuantize(f32(expected, `${key}.in`), quantizer).data;
        const official = f32(expected, `${key}.deq`).data;
        const off = restored.filter((value, i) => Math.abs(value - official[i]) > 2 ** -22 * Math.abs(official[i])).length;
        expect([key, off]).toEqual([key, 0]);
      }
    }
    expect(compared).toBe(34);
  });

  it.each(SIMULATED)("%s %s at %i bits: logits of the simulated model", (method, weights, bits, levels: Levels) => {
    const expected = expectedOf(method, weights, bits);
    const count = method === "repq" && bits === 4 && weights === "outlier" ? 64 : 32;
    const official = firstRows(f32(expected, "logits/q"), count);
    const ours = simulateGraph(officialGraph(weights, expected, bits, levels), oracleImages("eval", count)).output;
    expect(metrics.top1Agreement.measure(official, ours)).toBe(1);
    // One flipped rounding decision (a LayerNorm output within 1e-6 of a tie) moves one image's logits by up to half a unit, so at three bits
    // the images are judged one by one: nearly all agree to float precision, a few have flipped.
    const deviations = rowDeviations(official, ours);
    expect(deviations.filter((deviation) => deviation > 1e-5).length).toBeLessThanOrEqual(bits === 3 ? 3 : count);
    if (bits > 3) expect(Math.sqrt(metrics.mse.measure(official, ours) / power(official))).toBeLessThan(0.02);
  });
});

/** Relative RMS deviation of each row. */
function rowDeviations(expected: Tensor, actual: Tensor): number[] {
  const [rows, width] = expected.shape;
  return Array.from({ length: rows }, (_, row) => {
    const of = ({ data }: Tensor) => tensor([width], data.slice(row * width, (row + 1) * width));
    return Math.sqrt(metrics.mse.measure(of(expected), of(actual)) / power(of(expected)));
  });
}

/** Mean square. */
function power({ data }: Tensor): number {
  return data.reduce((sum, value) => sum + value * value, 0) / data.length;
}
