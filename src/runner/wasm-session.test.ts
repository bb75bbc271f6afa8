import { expect, test } from "vitest";
import { makeGraph, type Graph } from "../graph/graph.ts";
import { metrics } from "../metrics/index.ts";
import { runNode as runOnCpu } from "../reference/index.ts";
import { quantizeByRange } from "../testing/quantize-by-range.ts";
import { randomPixels, randomVit } from "../testing/random-vit.ts";
import { smallImages, smallVit } from "../testing/small-vit.ts";
import { tensor } from "../tensor/tensor.ts";
import { compareModels } from "./compare.ts";
import { openEngine } from "./engine.ts";
import { tensorSource } from "./image-source.ts";
import { createWasmNodeRunner } from "./node-runner.ts";
import { quantizeModels } from "./quantize-model.ts";
import { createReferenceSession, createWasmSession } from "./session.ts";

// Head width 6 and 13 tokens: nothing is a multiple of a panel. GELU in both forms.
const odd = randomVit({ image: 12, patch: 4, dim: 12, depth: 1, heads: 2, mlp: 20, classes: 5, seed: 3, prefix: 4, gelu: "tanh" });
const oddPixels = randomPixels(2, 12, 4);
const small = smallVit();
const pixels = smallImages(6);

function quantized(graph: Graph, probabilities: string, bits: number) {
  return quantizeByRange(graph, graph === odd ? oddPixels : pixels, { weightBits: bits, activationBits: bits, probabilities });
}

const withoutAdapter = () => openEngine(() => Promise.reject(new Error("no adapter must be asked for")), "cpu");

const graphs: readonly (readonly [name: string, mode: "float" | "integer" | "simulated", graph: Graph])[] = [
  ["small, float", "float", small],
  ["odd sizes, float", "float", odd],
  ["small, W4A4 log-sqrt2", "integer", quantized(small, "log-sqrt2", 4)],
  ["odd sizes, W3A3 log2", "integer", quantized(odd, "log2", 3)],
  ["odd sizes, W8A8 uniform", "integer", quantized(odd, "uniform", 8)],
  ["small, W4A4 simulated", "simulated", quantized(small, "log-sqrt2", 4)],
];

test.each(graphs)("every word of the strict reference, taps included: %s", async (_name, mode, graph) => {
  const images = graph.name === odd.name ? oddPixels : pixels;
  const taps = graph.nodes.map(({ name }) => name);
  const session = createWasmSession(graph, mode);
  const expected = await createReferenceSession(graph, mode, false).run(images, taps);
  // Twice, and without taps in between: sessions keep constants and share the arena between plans.
  expect(await session.run(images, taps)).toEqual(expected);
  expect((await session.run(images)).logits).toEqual(expected.logits);
  expect(await session.run(images, taps)).toEqual(expected);
  expect(Object.keys(expected.taps).length).toBeGreaterThan(taps.length / 2);
});

test("a node runner gives what the plain reference gives, within the rounding of f32", async () => {
  const runNode = createWasmNodeRunner();
  const values = new Map([["pixels", oddPixels]]);
  for (const node of odd.nodes) {
    const inputs = node.inputs.map((name) => values.get(name) ?? oddPixels);
    const actual = await runNode(node, inputs);
    const expected = runOnCpu(node, inputs);
    expect(actual.shape).toEqual(expected.shape);
    const worst = expected.data.reduce((most, value, i) => Math.max(most, Math.abs(value - actual.data[i])), 0);
    expect(worst, node.name).toBeLessThan(4e-6);
    values.set(node.name, expected);
  }
});

test("quantizing and comparing need no adapter", async () => {
  const source = tensorSource(pixels, small.inputShape, "images");
  const request = { recipe: "repq-vit", weightBits: 4, activationBits: 4, levels: "strict" } as const;
  const models = await quantizeModels(createWasmNodeRunner(), small, source, [request]);
  const [result] = await compareModels({
    engine: await withoutAdapter(),
    float: small,
    quantized: models,
    images: source,
    labels: null,
    runtime: "test",
  });
  expect(result).toMatchObject({ executor: "cpu", executorNote: null, env: { adapter: { description: /WebAssembly/ } } });
  const expected = await createReferenceSession(models[0].graph, "integer", false).run(pixels);
  expect(result.quantizedLogits).toEqual(expected.logits.data);
  expect(result.layers.length).toBeGreaterThan(0);
});

test("features are compared by angle and nearest image, and labels mean nothing", async () => {
  const source = tensorSource(pixels, small.inputShape, "images");
  const request = { recipe: "min-max", weightBits: 3, activationBits: 4, levels: "strict" } as const;
  const features = makeGraph("features", small.inputShape, small.nodes.slice(0, -1));
  const models = await quantizeModels(createWasmNodeRunner(), features, source, [request]);
  const labels = new Int32Array(source.count);
  const [{ quality, classes, floatLogits, quantizedLogits }] = await compareModels({
    engine: await withoutAdapter(),
    float: features,
    quantized: models,
    images: source,
    labels,
    output: "features",
    runtime: "test",
  });
  const [a, b] = [floatLogits, quantizedLogits].map((data) => tensor([source.count, classes], data));
  expect(quality.features?.cosine).toBe(metrics.featureCosine.measure(a, b));
  expect(quality.features?.cosine).toBeGreaterThan(0.5);
  expect(quality.features?.cosine).toBeLessThan(1);
  expect(quality.top1Agreement).toBe(quality.features?.neighbourAgreement);
  expect([quality.top1AccuracyFloat, quality.top1AccuracyQuantized]).toEqual([null, null]);
});
