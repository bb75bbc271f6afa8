/** The engine on the GPU against numbers that this project did not make: ../shared/oracle and ../shared/data. */
import { expect, test } from "vitest";
import { readNpy } from "../formats/npy.ts";
import type { Graph } from "../graph/graph.ts";
import { argmaxRows } from "../metrics/metric.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { memberOf, readNpz } from "../testing/npz.ts";
import { compareCalibration } from "../testing/oracle-calibration.ts";
import { f32, officialGraph, oracleGraph, oracleImages, oracleLabels, readTensors } from "../testing/oracle.ts";
import { hasShared, sharedSource } from "../testing/shared-files.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { compareModels } from "./compare.ts";
import { openEngine } from "./engine.ts";
import { tensorSource } from "./image-source.ts";
import { createNodeRunner } from "./node-runner.ts";
import { openModel } from "./open-model.ts";
import { quantizeModels } from "./quantize-model.ts";
import { quantizeModel } from "../testing/quantize-model.ts";
import { createGpuSession, createReferenceSession } from "./session.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";
import type { PlanMode } from "./plan.ts";

const vitS32 = "vit-s32/";
const rows = ({ shape, data }: Tensor, count: number): Tensor => tensor([count, shape[1]], data.slice(0, count * shape[1]));

function relativeRms(actual: Tensor, expected: Tensor): number {
  let [noise, signal] = [0, 0];
  expected.data.forEach((value, i) => {
    noise += (value - actual.data[i]) ** 2;
    signal += value ** 2;
  });
  return Math.sqrt(noise / signal);
}

function sameArgmax(a: Tensor, b: Tensor): number {
  const [x, y] = [argmaxRows(a), argmaxRows(b)];
  return x.filter((value, i) => value === y[i]).length / x.length;
}

async function logits(graph: Graph, mode: PlanMode, images: Tensor): Promise<Tensor> {
  const session = createGpuSession(await nodeGpu(), graph, { mode, execution: "f32" });
  const run = await session.run(images);
  session.destroy();
  return run.logits;
}

test.each(["plain", "outlier"] as const)("float logits of vit-s32 %s, both namings, within 1e-4 of torch's", async (weights) => {
  if (!hasShared("float logits of vit-s32")) return;
  const expected = rows(f32(readTensors(`${vitS32}expected/repq.${weights}.w4a4.safetensors`), "logits/fp"), 32);
  const images = oracleImages("eval", 32);
  for (const naming of ["timm", "hf"]) {
    const config = sharedSource(`oracle/vit-s32/${naming === "timm" ? "config.json" : "hf-config.json"}`, "config.json");
    const model = await openModel([sharedSource(`oracle/vit-s32/model.${weights}.${naming}.safetensors`, "model.safetensors"), config]);
    const actual = await logits(await model.build(), "float", images);
    expect(relativeRms(actual, expected), naming).toBeLessThan(1e-4);
  }
});

test("float logits of the real ViT-Tiny within 1e-4 of torch's", async () => {
  if (!hasShared("float logits of the real ViT-Tiny")) return;
  const file = "data/checkpoints/vit_tiny_patch16_224_tinyimagenet.safetensors";
  const model = await openModel([sharedSource(file, "model.safetensors")], { numHeads: 3 });
  const members = readNpz("../shared/data/checkpoints/vit_tiny_tinyimagenet_val0-7.npz");
  const read = async (name: string) => (await readNpy(memberOf(members, name))) as Tensor;
  const actual = await logits(await model.build(), "float", await read("input"));
  expect(relativeRms(actual, await read("logits"))).toBeLessThan(1e-4);
  expect([...argmaxRows(actual)]).toEqual([99, 77, 77, 63, 186, 150, 136, 67]);
});

test.each([
  ["outlier", 4],
  ["outlier", 6],
  ["outlier", 8],
  ["plain", 4],
] as const)("official quantizers given, %s %i bits: the GPU simulation returns the official logits", async (weights, bits) => {
  if (!hasShared("the official quantizers on the GPU")) return;
  const expected = readTensors(`${vitS32}expected/repq.${weights}.w${bits}a${bits}.safetensors`);
  const actual = await logits(officialGraph(weights, expected, bits, "as-published"), "simulated", oracleImages("eval", 96));
  const official = rows(f32(expected, "logits/q"), 96);
  expect(relativeRms(actual, official)).toBeLessThan(0.02);
  expect(sameArgmax(actual, official)).toBeGreaterThanOrEqual(0.995);
});

test("own calibration on the GPU at 4, 6 and 8 bits lands where the official program does", async () => {
  if (!hasShared("calibration on the GPU")) return;
  const gpu = await nodeGpu();
  const widths = [4, 6, 8];
  const float = oracleGraph("outlier");
  const requests = widths.map((bits) => ({ recipe: "repq-vit", weightBits: bits, activationBits: bits, levels: "as-published" }) as const);
  // One walk and one float run for all three: this is the slowest test of the suite.
  const quantized = await quantizeModels(
    createNodeRunner(gpu),
    float,
    tensorSource(oracleImages("calib", 32), [3, 32, 32], "calib"),
    requests,
  );
  const images = tensorSource(oracleImages("eval", 128), [3, 32, 32], "eval");
  const labels = Int32Array.from(oracleLabels("eval", 128));
  const engine = await openEngine(() => Promise.resolve(gpu), "simulated");
  const results = await compareModels({ engine, float, quantized, images, labels, runtime: "test" });
  for (const [i, bits] of widths.entries()) {
    const expected = readTensors(`${vitS32}expected/repq.outlier.w${bits}a${bits}.safetensors`);
    const deviation = compareCalibration(quantized[i].report, expected, bits);
    expect(deviation.driftedUnchangedWeights, `${bits} bits`).toBe(0);
    expect(deviation.step.median, `${bits} bits`).toBeLessThan(1e-5);
    const official = argmaxRows(rows(f32(expected, "logits/q"), 128));
    const officialAccuracy = official.filter((value, image) => value === labels[image]).length / 128;
    const accuracy = results[i].quality.top1AccuracyQuantized ?? 0;
    expect(Math.abs(accuracy - officialAccuracy), `${bits} bits`).toBeLessThanOrEqual(0.016);
  }
});

test("the strict integers of a calibrated model equal the strict reference, and land where the packable variant pkb does", async () => {
  if (!hasShared("strict integers of a calibrated model")) return;
  const gpu = await nodeGpu();
  const float = oracleGraph("outlier");
  const request = { recipe: "repq-vit", weightBits: 4, activationBits: 4, levels: "strict" } as const;
  const { graph } = await quantizeModel(gpu, float, tensorSource(oracleImages("calib", 32), [3, 32, 32], "calib"), request);
  const taps = graph.nodes.map(({ name }) => name);
  const few = oracleImages("eval", 2);
  const session = createGpuSession(gpu, graph, { mode: "integer", execution: "f32" });
  const reference = createReferenceSession(graph, "integer", await adapterFusesMultiplyAdd(gpu));
  const [actual, expected] = [await session.run(few, taps), await reference.run(few, taps)];
  expect(Object.keys(actual.taps).length).toBeGreaterThan(30);
  for (const [name, { data }] of Object.entries(actual.taps)) expect(data, name).toEqual(expected.taps[name].data);
  expect(actual.logits.data).toEqual(expected.logits.data);
  session.destroy();
  const pkb = rows(f32(readTensors(`${vitS32}expected/pkb.outlier.w4a4.safetensors`), "logits/q"), 128);
  const ours = await logits(graph, "integer", oracleImages("eval", 128));
  expect(sameArgmax(ours, pkb)).toBeGreaterThanOrEqual(0.97);
});
