import { describe, expect, it } from "vitest";
import { replaceNodes } from "../../graph/graph.ts";
import { histogramOf } from "../../quant/observers/histogram.ts";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { fakeQuantizeNode, simulateGraph } from "../../quant/simulate.ts";
import { tensor } from "../../tensor/tensor.ts";
import { diagnosedSmallVit } from "../../testing/diagnosed-model.ts";
import { smallVit } from "../../testing/small-vit.ts";
import { attentionMaps } from "./attention-maps.ts";
import { rangesOf } from "./channel-ranges.ts";
import { percentileOf } from "./gelu-tail.ts";
import { signalToNoiseDb } from "./layer-error-pairs.ts";
import { codebookOf, fittedQuantizer, levelUse } from "./level-use.ts";
import { observeModel } from "./observe-model.ts";
import { tokenChannelMap } from "./residual-stream.ts";

/** The small ViT with one channel of each LayerNorm forty times as large, as real ViTs have them; the next weights take it back. */
function vitWithLargeChannels() {
  const graph = smallVit();
  const changed = new Map(
    graph.nodes.flatMap((node) => {
      const isNorm = /norm[12]$/.test(node.name);
      const isReader = /qkv$|fc1$/.test(node.name);
      if (!isNorm && !isReader) return [];
      const weights = { ...node.weights };
      const times = (name: string, factor: number) => {
        const { data, shape } = weights[name];
        const width = shape.at(-1) ?? 0;
        weights[name] = tensor(
          shape,
          data.map((value, i) => (i % width === 3 ? value * factor : value)),
        );
      };
      if (isNorm) ["scale", "bias"].forEach((name) => times(name, 40));
      else times("weight", 1 / 40);
      return [[node.name, { ...node, weights }] as const];
    }),
  );
  return replaceNodes(graph, changed);
}

describe("observeModel", () => {
  it("measures every layer, with the errors before it and without", async () => {
    const model = await diagnosedSmallVit({ recipe: "min-max" });
    const { layers } = await observeModel(model);
    expect(layers.map(({ name }) => name)).toEqual(model.quantized.nodes.map(({ name }) => name));
    const names = layers.map(({ name }) => name);
    const float = runGraph(model.float, model.images, names).taps;
    const quantized = simulateGraph(model.quantized, model.images, names).taps;
    for (const { name, cumulativeDb } of layers) expect(cumulativeDb, name).toBe(signalToNoiseDb(float[name], quantized[name]));
    const fc2 = model.quantized.nodes.find(({ name }) => name === "blocks.1.mlp.fc2");
    if (!fc2) throw new Error("no fc2");
    const executed = fakeQuantizeNode(fc2, [float["blocks.1.mlp.act"]]);
    const alone = runNode(executed.node, executed.inputs);
    const found = layers.find(({ name }) => name === fc2.name);
    expect(found).toMatchObject({ block: 1, role: "mlp.fc2", isolatedDb: signalToNoiseDb(float[fc2.name], alone) });
    expect(found?.isolatedDb).toBeGreaterThan(found?.cumulativeDb ?? Infinity);
    expect(layers.find(({ name }) => name === "blocks.0.norm1")?.isolatedDb).toBeNull();
  });

  it("shows what reparameterization does to the channels", async () => {
    const float = vitWithLargeChannels();
    const norm = runGraph(float, (await diagnosedSmallVit()).images, ["blocks.1.norm2"]).taps["blocks.1.norm2"];
    const naive = (await observeModel(await diagnosedSmallVit({ recipe: "min-max" }, float))).ranges;
    const repq = (await observeModel(await diagnosedSmallVit({}, float))).ranges;
    expect(repq.map(({ name }) => name)).toEqual(["blocks.0.attn.qkv", "blocks.0.mlp.fc1", "blocks.1.attn.qkv", "blocks.1.mlp.fc1"]);
    expect(naive[3].after).toEqual(naive[3].before);
    // Undoing the factors is exact but for the rounding of f32.
    const expected = rangesOf(norm);
    repq[3].before.low.forEach((low, c) => expect(Math.abs(low - expected.low[c])).toBeLessThan(1e-4 * (1 + Math.abs(low))));
    for (const place of repq) {
      expect(place.spreadBefore).toBeGreaterThan(10);
      expect(place.spreadAfter).toBeLessThan(3);
      expect(place.levelsBefore).toBeLessThan(3);
      // Other images than those that calibrated fill a part of a channel's range.
      expect(place.levelsAfter).toBeGreaterThan(8);
    }
    for (const place of naive) expect(place.levelsAfter).toBeLessThan(2.5);
  });

  it("looks at attention, GELU and the residual stream of every block", async () => {
    const model = await diagnosedSmallVit();
    const { softmax, gelu, residual, maps, imageCount } = await observeModel(model);
    expect(imageCount).toBe(3);
    expect(softmax.map(({ block, bits, current }) => [block, bits, current?.scheme])).toEqual([
      [0, 4, "log √2"],
      [1, 4, "log √2"],
    ]);
    // Three images, two heads, five tokens: every probability is counted.
    expect(softmax[0].values.counts.reduce((a, b) => a + b, 0)).toBe(3 * 2 * 25);
    const { taps } = runGraph(model.float, model.images, ["blocks.0.mlp.act", "blocks.1.add2"]);
    const act = taps["blocks.0.mlp.act"].data;
    expect(gelu[0].negativeShare).toBeCloseTo(act.filter((value) => value < 0).length / act.length, 12);
    expect(gelu[0].high).toBeCloseTo(Math.max(...act), 5);
    const stream = taps["blocks.1.add2"].data;
    expect(residual.map(({ name }) => name)).toEqual(["blocks.0.add1", "blocks.0.add2", "blocks.1.add1", "blocks.1.add2"]);
    expect(residual[3].rms).toBeCloseTo(Math.sqrt(stream.reduce((sum, x) => sum + x * x, 0) / stream.length), 5);
    expect(residual[3].errorRms).toBeGreaterThan(residual[0].errorRms);
    expect(maps.map(({ block, tokens, channels }) => [block, tokens, channels])).toEqual([
      [0, 5, 8],
      [1, 5, 8],
    ]);
  });
});

describe("levelUse", () => {
  // One value at each power of two from 1 to 2^-7.
  const values = histogramOf(
    Float32Array.from({ length: 8 }, (_, k) => 2 ** -k),
    3,
  );

  it("counts the levels that are used and what becomes of the rest", () => {
    // Steps of 1/7: 1, 1/2 -> 4/7 (3.5 ties to even 4), 1/4 -> 2/7, 1/8 -> 1/7, and 1/16 and smaller -> 0.
    const use = levelUse(values, fittedQuantizer("uniform", 3, 0, 1));
    expect(use).toMatchObject({ scheme: "uniform", bits: 3, used: 5, zeroed: 0.5, clipped: 0 });
    // Entropy of (1/2, 1/8, 1/8, 1/8, 1/8): 2 bits.
    expect(use?.effective).toBeCloseTo(4, 12);
  });

  it("is exact where levels are the values", () => {
    // Codes 0 to 6 are 1 to 2^-6, code 7 is 0.
    const use = levelUse(values, fittedQuantizer("log2", 3, 0, 1));
    expect(use).toMatchObject({ used: 8, zeroed: 0.125 });
    const [signal, noise] = [(1 - 4 ** -8) / (1 - 1 / 4), 4 ** -7];
    expect(use?.sqnrDb).toBeCloseTo(10 * Math.log10(signal / noise), 8);
  });

  it("says nothing of levels that differ from channel to channel", () => {
    const quantizer = {
      ...fittedQuantizer("uniform", 3, 0, 1),
      scale: Float32Array.of(1, 2),
      zeroPoint: Float32Array.of(0, 0),
      axis: -1 as const,
    };
    expect(levelUse(values, quantizer)).toBeNull();
  });
});

describe("tokenChannelMap", () => {
  it("finds the planted values", () => {
    const [images, tokens, channels] = [2, 150, 300];
    const x = tensor(
      [images, tokens, channels],
      Float32Array.from({ length: images * tokens * channels }, (_, i) => (i % 2 === 0 ? 0.1 : -0.1)),
    );
    x.data[(1 * tokens + 7) * channels + 299] = -500;
    for (let token = 0; token < tokens; token++) x.data[token * channels + 20] = 4;
    const map = tokenChannelMap("blocks.0.add2", 0, x);
    expect(map).toMatchObject({ massive: 1, tokenStep: 2, channelStep: 2, rows: 75, columns: 150 });
    expect(map.median).toBeCloseTo(0.1, 6);
    expect(map.outliers[0]).toMatchObject({ token: 7, channel: 299, value: -500 });
    expect(map.outliers[1]).toMatchObject({ token: 0, channel: 20, value: 4 });
    expect(map.cells[3 * 150 + 149]).toBe(500);
    expect(map.cells[10]).toBe(4);
    expect(map.outlierChannels.map(({ channel }) => channel)).toEqual([299, 20]);
  });
});

describe("percentileOf", () => {
  it("is where the share is reached", () => {
    const values = { centres: Float32Array.of(1, 2, 3), counts: Float64Array.of(90, 9, 1) };
    expect([0.5, 0.9, 0.95, 0.999].map((share) => percentileOf(values, share))).toEqual([1, 1, 2, 3]);
  });
});

describe("attentionMaps", () => {
  it("are the class token's rows, and their product through the layers", async () => {
    const model = await diagnosedSmallVit();
    const maps = await attentionMaps(model);
    if (maps === null) throw new Error("no maps");
    expect(maps).toMatchObject({ gridHeight: 2, gridWidth: 2, query: "class token" });
    const one = tensor([1, 3, 4, 4], model.images.data.slice(0, 48));
    const names = ["blocks.0.attn.softmax", "blocks.1.attn.softmax"];
    const { taps } = runGraph(model.float, one, names);
    const [first, second] = names.map(
      (name) => (head: number, row: number, column: number) => taps[name].data[(head * 5 + row) * 5 + column],
    );
    for (const [block, at] of [first, second].entries()) {
      for (const head of [0, 1]) {
        const expected = [1, 2, 3, 4].map((column) => at(head, 0, column));
        maps.blocks[block].heads[head].float.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
      }
    }
    const mean = (at: typeof first, row: number, column: number) =>
      (at(0, row, column) + at(1, row, column)) / 4 + (row === column ? 0.5 : 0);
    const rollout = [1, 2, 3, 4].map((column) => [0, 1, 2, 3, 4].reduce((sum, k) => sum + mean(second, 0, k) * mean(first, k, column), 0));
    maps.rollout.float.forEach((value, i) => expect(value).toBeCloseTo(rollout[i], 5));
    const quantizer = model.quantized.nodes.find(({ name }) => name === "blocks.0.attn.matmul2")?.quantizers?.probabilities;
    const levels = quantizer && codebookOf(quantizer)?.decode;
    for (const value of maps.blocks[0].heads[0].quantized) expect(levels).toContain(value);
  });
});
