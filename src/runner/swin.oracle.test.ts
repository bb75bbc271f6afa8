/** A trained Swin Transformer quantized by our own RepQ-ViT, on WebAssembly, beside what the official program made of it (shared/oracle/swin-s32). */
import { expect, test } from "vitest";
import { argmaxRows } from "../metrics/metric.ts";
import { f32, oracleImages, oracleLabels, readTensors } from "../testing/oracle.ts";
import { sharedSource } from "../testing/shared-files.ts";
import { compareModels } from "./compare.ts";
import { openEngine } from "./engine.ts";
import { tensorSource } from "./image-source.ts";
import { createWasmNodeRunner } from "./node-runner.ts";
import { openModel } from "./open-model.ts";
import { quantizeModels } from "./quantize-model.ts";

const COUNT = 128;

test("repq-vit at 4 and 6 bits keeps the accuracy that the official program keeps, in real integers", async () => {
  const folder = "oracle/swin-s32";
  const model = await openModel([
    sharedSource(`${folder}/model.outlier.timm.safetensors`, "swin/model.safetensors"),
    sharedSource(`${folder}/config.json`, "swin/config.json"),
  ]);
  const float = await model.build();
  const calibration = tensorSource(oracleImages("calib", 32, "swin-s32"), [3, 32, 32], "calib");
  const requests = ([4, 6] as const).map(
    (bits) => ({ recipe: "repq-vit", weightBits: bits, activationBits: bits, levels: "strict" }) as const,
  );
  const quantized = await quantizeModels(createWasmNodeRunner(), float, calibration, [...requests, { ...requests[0], recipe: "min-max" }]);
  const labels = Int32Array.from(oracleLabels("eval", COUNT, "swin-s32"));
  const images = tensorSource(oracleImages("eval", COUNT, "swin-s32"), [3, 32, 32], "eval");
  const engine = await openEngine(() => Promise.reject(new Error("no adapter must be asked for")), "cpu");
  const results = await compareModels({ engine, float, quantized, images, labels, runtime: "test" });
  // Swin's merging reduction is reparameterized like qkv and fc1: its weights are new, and it has got a bias.
  const reduction = quantized[0].graph.nodes.find(({ name }) => name === "layers.0.downsample.reduction");
  expect(reduction?.quantizers?.input?.scale).toHaveLength(1);
  expect(reduction?.weights.bias?.data.some((value) => value !== 0)).toBe(true);
  for (const [i, bits] of [4, 6].entries()) {
    const official = argmaxRows(f32(readTensors(`swin-s32/expected/intz.outlier.w${bits}a${bits}.safetensors`), "logits/q")).slice(
      0,
      COUNT,
    );
    const officialAccuracy = official.filter((value, k) => value === labels[k]).length / COUNT;
    const { quality, executor, executorNote } = results[i];
    console.info(bits, quality, officialAccuracy, results[i].perf);
    expect([executor, executorNote]).toEqual(["cpu", null]);
    expect(Math.abs((quality.top1AccuracyQuantized ?? 0) - officialAccuracy)).toBeLessThanOrEqual(0.03);
    expect(quality.top1Agreement).toBeGreaterThan(0.92);
  }
  console.info(results[2].quality);
});
