/** A whole calibration of ours, run by the CPU reference, against the official program's parameters and logits (shared/oracle). */
import { describe, expect, it } from "vitest";
import { metrics } from "../metrics/index.ts";
import { runNode } from "../reference/index.ts";
import { tensor } from "../tensor/tensor.ts";
import { calibrationNoiseFloor, compareCalibration } from "../testing/oracle-calibration.ts";
import { f32, oracleGraph, oracleImages, oracleLabels, readTensors } from "../testing/oracle.ts";
import { calibrate } from "./calibrate.ts";
import { repqVit } from "./recipes/repq-vit.ts";
import { simulateGraph } from "./simulate.ts";

const IMAGES = 48;

const RUNS = [
  ["repq", 3, "as-published"],
  ["repq", 4, "as-published"],
  ["repq", 6, "as-published"],
  ["repq", 8, "as-published"],
  ["pkb", 4, "strict"],
] as const;

describe("own calibration of vit-s32 (outlier weights)", () => {
  it.each(RUNS)("%s, %i bits, %s", async (method, bits, levels) => {
    const expected = readTensors(`vit-s32/expected/${method}.outlier.w${bits}a${bits}.safetensors`);
    const { graph, report } = await calibrate({
      graph: oracleGraph("outlier"),
      images: oracleImages("calib", 64),
      recipe: repqVit,
      weightBits: bits,
      activationBits: bits,
      levels,
      runNode: (node, inputs) => Promise.resolve(runNode(node, inputs)),
    });
    expect(report.imageCount).toBe(32);

    const deviation = compareCalibration(report, expected, bits);
    const floor = calibrationNoiseFloor(bits);
    expect(deviation.parameters).toBe(7044);
    expect(deviation.driftedUnchangedWeights).toBe(0);
    expect(deviation.step.median).toBeLessThan(1e-6);
    // At three and four bits no decision of the published program is near enough to a tie to fall the other way.
    if (method === "repq" && bits <= 4) expect(deviation).toMatchObject({ equal: 7044, nearTies: 0, drifted: 0, firstDifference: null });
    // Where one does, everything after it moves; by no more than the official program itself moves between float32 and float64.
    expect(deviation.zeroPointFlipShare).toBeLessThanOrEqual(floor.zeroPointFlipShare);
    expect(deviation.candidateFlipShare).toBeLessThanOrEqual(floor.candidateFlipShare);
    expect(deviation.step.p99).toBeLessThanOrEqual(1.25 * floor.step.p99);
    expect(deviation.step.max).toBeLessThanOrEqual(1.25 * floor.step.max);

    const logitsOf = (name: string) => tensor([IMAGES, 10], f32(expected, name).data.slice(0, IMAGES * 10));
    const [official, float] = [logitsOf("logits/q"), logitsOf("logits/fp")];
    const ours = simulateGraph(graph, oracleImages("eval", IMAGES)).output;
    const labels = oracleLabels("eval", IMAGES);
    expect(metrics.top1Agreement.measure(official, ours)).toBeGreaterThanOrEqual(0.98);
    const [accuracy, officialAccuracy] = [ours, official].map((logits) => metrics.top1Accuracy.measure(float, logits, labels));
    expect(Math.abs(accuracy - officialAccuracy)).toBeLessThanOrEqual(1 / IMAGES);
  });
});
