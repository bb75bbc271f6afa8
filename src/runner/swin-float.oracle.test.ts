/** A real, trained Swin Transformer in both namings against what PyTorch made of it (shared/oracle/swin-s32). */
import { expect, test } from "vitest";
import { openModelFiles } from "../formats/open-model.ts";
import { metrics } from "../metrics/index.ts";
import { runGraph } from "../reference/run-graph.ts";
import { f32, oracleImages, readTensors } from "../testing/oracle.ts";
import { sharedSource } from "../testing/shared-files.ts";
import { tensor } from "../tensor/tensor.ts";
import { identifyModel } from "../models/index.ts";
import { windowOrder } from "../models/windows.ts";

const NAMINGS = [
  ["timm", "config.json"],
  ["hf", "hf-config.json"],
] as const;

async function open(weights: string, naming: string, config: string) {
  const folder = "oracle/swin-s32";
  return identifyModel(
    await openModelFiles([
      sharedSource(`${folder}/model.${weights}.${naming}.safetensors`, "swin/model.safetensors"),
      sharedSource(`${folder}/${config}`, "swin/config.json"),
    ]),
  );
}

const expected = (weights: string) => readTensors(`swin-s32/expected/repq.${weights}.w4a4.safetensors`);

test.each(NAMINGS)("the card in %s names", async (naming, config) => {
  const { card, notes } = await open("plain", naming, config);
  expect(card).toMatchObject({
    family: "swin",
    output: "classes",
    tokens: 256,
    config: { depth: 4, embedDim: 96, numHeads: 6, numClasses: 10 },
  });
  expect(card.config.stages).toEqual([
    { depth: 2, embedDim: 48, numHeads: 3, mlpDim: 192, grid: [16, 16], window: 4 },
    { depth: 2, embedDim: 96, numHeads: 6, mlpDim: 384, grid: [8, 8], window: 4 },
  ]);
  expect(notes).toEqual([]);
});

test.each(["plain", "outlier"])("float logits of the %s weights are PyTorch's in both namings", async (weights) => {
  const count = 3;
  const [timm, huggingface] = await Promise.all(NAMINGS.map(async ([naming, config]) => (await open(weights, naming, config)).build()));
  expect(huggingface.nodes).toEqual(timm.nodes);
  const official = f32(expected(weights), "logits/fp");
  const ours = runGraph(timm, oracleImages("eval", count, "swin-s32")).output;
  const first = tensor([count, 10], official.data.slice(0, count * 10));
  // PyTorch adds up in f32, the reference in f64.
  expect(metrics.sqnrDb.measure(first, ours)).toBeGreaterThan(100);
});

test("every value of every block is PyTorch's, rows put back in the order of the image", async () => {
  const graph = await (await open("plain", "timm", "config.json")).build();
  const captured = expected("plain").has("cap_fp/norm.out") ? expected("plain") : expected("outlier");
  const own = expected("plain").has("cap_fp/norm.out") ? graph : await (await open("outlier", "timm", "config.json")).build();
  const blocks = ["layers.0.blocks.0", "layers.0.blocks.1", "layers.1.blocks.0", "layers.1.blocks.1"];
  const { taps } = runGraph(own, oracleImages("eval", 1, "swin-s32"), [
    ...blocks.map((name) => `${name}.add2`),
    ...blocks.map((name) => `${name}.attn.softmax`),
  ]);
  for (const [i, name] of blocks.entries()) {
    const side = name.startsWith("layers.0") ? 16 : 8;
    const order = windowOrder([side, side], 4, i % 2 === 1 ? 2 : 0);
    const { data, shape } = taps[`${name}.add2`];
    const width = shape[2];
    const raster = new Float32Array(data.length);
    order.forEach((place, row) => raster.set(data.subarray(row * width, (row + 1) * width), place * width));
    expect(metrics.sqnrDb.measure(f32(captured, `cap_fp/${name}.out`), tensor(shape, raster))).toBeGreaterThan(100);
    const softmax = taps[`${name}.attn.softmax`];
    const official = f32(captured, `cap_fp/${name}.attn.softmax.out`);
    expect(metrics.sqnrDb.measure(tensor(softmax.shape, official.data), softmax)).toBeGreaterThan(100);
  }
});
