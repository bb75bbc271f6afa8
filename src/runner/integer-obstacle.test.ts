import { expect, test } from "vitest";
import { makeGraph } from "../graph/graph.ts";
import type { Quantizer, Site } from "../graph/quantizer.ts";
import { schemes, type SchemeName } from "../quant/schemes/index.ts";
import { randomPixels, randomVit } from "../testing/random-vit.ts";
import { quantizeByRange } from "../testing/quantize-by-range.ts";
import { integerObstacle } from "./integer-obstacle.ts";

const options = { image: 8, patch: 4, dim: 12, heads: 3, mlp: 12, depth: 1, classes: 3, seed: 2 };
const strict = quantizeByRange(randomVit(options), randomPixels(2, 8, 9), { weightBits: 4, activationBits: 4, probabilities: "log2" });

/** The obstacle after one site's quantizers were changed; the name of the first place is left out. */
function obstacleOf(site: Site, change: Partial<Quantizer>, op: string): string | null {
  const nodes = strict.nodes.map((node) => {
    const quantizer = node.quantizers?.[site];
    return quantizer && node.op === op ? { ...node, quantizers: { ...node.quantizers, [site]: { ...quantizer, ...change } } } : node;
  });
  return integerObstacle(makeGraph("changed", strict.inputShape, nodes))?.replace(/^\S+ has /, "") ?? null;
}

const entries = (count: number, axis: -1 | -2): Partial<Quantizer> => ({
  axis,
  scale: new Float32Array(count).fill(0.1),
  zeroPoint: new Float32Array(count).fill(7),
});

function fitted(name: SchemeName, levels: Quantizer["levels"]): Partial<Quantizer> {
  const { scale, zeroPoint, parameters } = schemes[name].fit({ low: 0, high: 0.9 }, 4, levels);
  const zeros = Float32Array.from(zeroPoint === null ? [] : [zeroPoint]);
  return { scheme: name, levels, scale: Float32Array.of(scale), zeroPoint: zeros, ...(parameters ? { parameters } : {}) };
}

test("strict quantizers per tensor run as integers", () => {
  expect(integerObstacle(strict)).toBeNull();
});

test("queries and keys may have a grid per head or token, not per channel", () => {
  for (const site of ["query", "key"] as const) {
    expect(obstacleOf(site, entries(3, -1), "AttentionScores")).toBeNull();
    expect(obstacleOf(site, entries(5, -2), "AttentionScores")).toBeNull();
    expect(obstacleOf(site, entries(12, -1), "AttentionScores")).toBe("one scale per channel");
    expect(obstacleOf(site, fitted("log2", "strict"), "AttentionScores")).toBe("no uniform codes");
  }
});

test("values may have one per head or channel, not per token", () => {
  expect(obstacleOf("value", entries(3, -1), "AttentionOutput")).toBeNull();
  expect(obstacleOf("value", entries(12, -1), "AttentionOutput")).toBeNull();
  expect(obstacleOf("value", entries(5, -2), "AttentionOutput")).toBe("one scale per token");
});

test("inputs of products may have one per token, not per channel", () => {
  expect(obstacleOf("input", entries(5, -2), "Gemm")).toBeNull();
  expect(obstacleOf("input", entries(12, -1), "Gemm")).toBe("one scale per channel");
  expect(obstacleOf("input", { zeroPoint: Float32Array.of(0.25) }, "Gemm")).toBe("a fractional zero point");
});

test("probabilities: every strict codebook and DeMax run, extra codes and several scales do not", () => {
  for (const name of ["uniform", "log2", "log-sqrt2", "sulq", "tan", "adalog", "twin-softmax", "demax"] as const) {
    expect(obstacleOf("probabilities", fitted(name, "strict"), "AttentionOutput"), name).toBeNull();
  }
  expect(obstacleOf("probabilities", fitted("log2", "as-published"), "AttentionOutput")).toBe("2^4 + 1 levels");
  expect(obstacleOf("probabilities", fitted("demax", "as-published"), "AttentionOutput")).toBeNull();
  expect(obstacleOf("probabilities", entries(3, -1), "AttentionOutput")).toBe("more than one scale");
});
