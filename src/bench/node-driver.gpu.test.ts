/** The benchmark as `--node` runs it, in this process: our engine on Dawn and onnxruntime-node in turn. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nodeInstance } from "../testing/node-gpu.ts";
import { contenderNamed } from "./contender-list.ts";
import { describeAdapter } from "./describe-adapter.ts";
import { prepareModel } from "./models/prepare-model.ts";
import { readReference } from "./models/prepared-files.ts";
import { createNodeDriver } from "./node-driver.ts";
import { runModel } from "./run-model.ts";

const root = mkdtempSync(join(tmpdir(), "vitrine-node-driver-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("ours and a peer are measured in one run; a package that is not installed is a row that says so", async () => {
  const forms = { ours: new Set(["float", "w8a8"] as const), onnx: new Set(["float"] as const) };
  const manifest = await prepareModel({ scenario: "small" }, { root, recipe: "min-max", images: 2, forms });
  const driver = createNodeDriver(root, 1, () => manifest, nodeInstance());
  expect((await describeAdapter(driver.gpu))?.vendor).not.toBe("");
  const ids = ["ours-float", "ours-w8a8", "ort-node-cpu-float"];
  const absent = { ...contenderNamed("ort-node-cpu-int8"), package: "no-such-package" };
  const rows = await runModel(driver, {
    model: "small",
    contenders: [...ids.map((id) => contenderNamed(id)), absent],
    runs: 2,
    batches: [1, 2],
    timeLimitMs: 60_000,
    isSoftware: true,
    reference: { logits: readReference(root, "small"), classes: manifest.classes },
  });
  driver.close();
  expect(rows.map(({ contender, status, reason }) => [contender, status, reason])).toEqual([
    ...ids.map((id) => [id, "measured", null]),
    ["ort-node-cpu-int8", "left out", "no-such-package is not installed"],
  ]);
  const [float, integers, peer] = rows;
  for (const { agreement } of [float, peer]) expect(agreement).toMatchObject({ images: 2, top1: 1 });
  expect(Math.max(float.agreement?.relativeError ?? 1, peer.agreement?.relativeError ?? 1)).toBeLessThan(1e-5);
  expect(integers.agreement?.cosine).toBeGreaterThan(0.9);
  expect(float.calls).toMatchObject({ dispatches: float.facts["planDispatches"], submits: 1, maps: 1, bindGroups: 0, pipelines: 0 });
  expect(peer.calls).toBeNull();
  for (const { throughput, warm } of rows.slice(0, 3)) {
    expect(warm?.cpuSeconds?.total).toBeGreaterThan(0);
    expect(throughput.map(({ batch, reason }) => [batch, reason])).toEqual([
      [1, null],
      [2, null],
    ]);
  }
}, 120_000);
