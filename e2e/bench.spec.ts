/** The benchmark itself, on a tiny model: our engine and a peer in pages of a real browser, from prepared files to the report. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { chooseContenders, contenderNamed } from "../src/bench/contender-list.ts";
import { describeRun } from "../src/bench/environment.ts";
import { writePart } from "../src/bench/finish.ts";
import { readManifest, readReference } from "../src/bench/models/prepared-files.ts";
import { parseReport } from "../src/bench/report/schema.ts";
import { runModel } from "../src/bench/run-model.ts";
import { SETTINGS_VARIABLE, type BenchSettings } from "../src/bench/settings.ts";
import { serveBench } from "../tools/bench-server.mjs";
import { ensureBuilt } from "../tools/build.mjs";
import { runChild } from "../tools/child.mjs";
import { selfCheck } from "../tools/cpu-seconds.mjs";
import { openBenchBrowser, type BenchBrowser } from "./bench-browser.ts";

const MODEL = "small";

test("our engine and onnxruntime-web take turns on the same model and agree with the reference", async () => {
  // Two builds are part of it.
  test.setTimeout(480_000);
  const folder = test.info().outputPath("bench");
  const settings: BenchSettings = {
    place: "browser",
    models: [{ scenario: MODEL }],
    contenders: "ours-float,ours-f16,ours-w8a8,ort-web-webgpu-float,ort-web-wasm-float,ort-web-wasm-int8,transformers-wasm-dynamic",
    runs: 2,
    batches: [1, 2],
    timeLimitSeconds: 60,
    recipe: "min-max",
    threads: 1,
    headed: false,
    runId: "e2e",
    startedAt: new Date().toISOString(),
    commit: "unknown",
    modelsFolder: join(folder, "models"),
    partsFolder: join(folder, "parts"),
    out: join(folder, "speed"),
    check: false,
    baseline: null,
    maxSlowdown: 1.15,
    minAgreement: 0.97,
    isShard: false,
    merge: [],
  };
  const node = (command: string) =>
    runChild(process.execPath, ["dist/bench-node/node-main.js", command], {
      env: { [SETTINGS_VARIABLE]: JSON.stringify(settings) },
      stdout: "stderr",
    });
  expect(await ensureBuilt("bench-node")).toBe(0);
  expect(await ensureBuilt("bench-page")).toBe(0);
  expect(await node("prepare")).toBe(0);

  const manifest = readManifest(settings.modelsFolder, MODEL);
  const server = await serveBench(settings.modelsFolder);
  const browser = await openBenchBrowser({ url: server.url, manifest, threads: 1, headed: false });
  try {
    const { adapter, runtime } = browser;
    await checkClocks(browser);
    await expect(browser.open({ ...contenderNamed("ort-web-wasm-float"), package: "no-such-package" })).rejects.toThrow(
      "no-such-package is not installed",
    );
    expect(runtime).toMatch(/^(Chromium|Google Chrome|Microsoft Edge) \d+\./);
    const rows = await runModel(browser, {
      model: MODEL,
      contenders: chooseContenders(settings.contenders, "browser"),
      runs: settings.runs,
      batches: settings.batches,
      timeLimitMs: settings.timeLimitSeconds * 1000,
      isSoftware: adapter?.isSoftware ?? false,
      reference: { logits: readReference(settings.modelsFolder, MODEL), classes: manifest.classes },
    });
    writePart(
      settings.partsFolder,
      MODEL,
      describeRun(settings, runtime, adapter, ["onnxruntime-web", "@huggingface/transformers"], [MODEL], rows),
    );
  } finally {
    await browser.close();
    await server.close();
  }
  expect(await node("finish")).toBe(0);

  const report = parseReport(readFileSync(`${settings.out}.json`, "utf8"), "speed.json");
  const rows = new Map(report.runs[0].rows.map((row) => [row.contender, row]));
  // Two float engines and a third one's logits on the CPU, two images: f32 rounding is all that may differ.
  for (const id of ["ours-float", "ort-web-webgpu-float", "ort-web-wasm-float"]) {
    const row = rows.get(id);
    expect(row?.reason, id).toBeNull();
    expect(row?.agreement?.images, id).toBe(2);
    expect(row?.agreement?.relativeError, id).toBeLessThan(1e-5);
    expect(row?.warm?.timesMs, id).toHaveLength(2);
    expect(row?.warm?.cpuSeconds?.total, id).toBeGreaterThanOrEqual(0);
    expect(row?.cold?.cpuSeconds?.total, id).toBeGreaterThan(0);
    expect(row?.throughput.map(({ batch, reason }) => [batch, reason])).toEqual([
      [1, null],
      [2, null],
    ]);
  }
  // Both run the same 8-bit integers (one recipe wrote them): nearer to each other than either is to float.
  const [ours, peer] = ["ours-w8a8", "ort-web-wasm-int8"].map((id) => rows.get(id)?.agreement?.relativeError ?? Number.NaN);
  expect(ours).toBeGreaterThan(1e-3);
  expect(Math.abs(ours - peer)).toBeLessThan(0.2 * ours);
  expect(rows.get("ours-float")?.calls).toMatchObject({ submits: 1, maps: 1, bindGroups: 0, pipelines: 0, buffers: 0 });
  expect(rows.get("ours-float")?.memory?.liveBytes).toBeGreaterThan(0);
  expect(rows.get("ort-web-wasm-float")?.calls, "WebAssembly makes no WebGPU calls").toBeNull();
  // The peers' dispatches are counted as ours are, and their own reading of the model is the model.
  expect(rows.get("ort-web-webgpu-float")?.calls?.dispatches).toBeGreaterThan(rows.get("ours-float")?.calls?.dispatches ?? Infinity);
  expect(rows.get("transformers-wasm-dynamic")).toMatchObject({ reason: null, agreement: { images: 2, top1: 1 } });
  // f16 needs no feature of the adapter: the same model, rounded to 11 bits wherever it is stored.
  const half = rows.get("ours-f16");
  expect(half?.reason).toBeNull();
  expect(half?.agreement).toMatchObject({ images: 2, top1: 1 });
  expect(half?.agreement?.relativeError).toBeGreaterThan(1e-5);
  expect(half?.agreement?.relativeError).toBeLessThan(3e-3);
  expect(Number(half?.facts["weightBytes"])).toBeLessThan(0.6 * Number(rows.get("ours-float")?.facts["weightBytes"]));
  const [run] = report.runs;
  expect(run.adapter?.driver, "the browser names the driver").not.toBe("");
  expect(run.packages["onnxruntime-web of @huggingface/transformers"]).toMatch(/^\d/);
  // Hardware is tuned, software is not.
  expect(rows.get("ours-float")?.facts["tunedShapes"] === undefined).toBe(run.adapter?.isSoftware);
  const { kernelTimes } = rows.get("ours-w8a8") ?? {};
  expect(kernelTimes?.kernels.reduce((sum, each) => sum + each.dispatches, 0)).toBe(rows.get("ours-w8a8")?.calls?.dispatches);
  expect(readFileSync(`${settings.out}.html`, "utf8")).toContain("ort-web-wasm-int8");
});

/**
 * The system tells CPU seconds rightly, and the browser tells some, each contender its own page's. (Which GPU process is this browser's cannot be seen from
 * outside: other specs keep one open.)
 */
async function checkClocks(browser: BenchBrowser): Promise<void> {
  await selfCheck();
  const [busy, idle] = [await browser.open(contenderNamed("ort-web-wasm-float")), await browser.open(contenderNamed("ort-web-wasm-int8"))];
  const seconds = async () => [await busy.cpu(), await idle.cpu()].map((each) => each?.renderer ?? Number.NaN);
  // A page settles after it was opened.
  await idle.load();
  const [busyBefore, idleBefore] = await seconds();
  expect(await busy.load()).toMatchObject({ ok: true });
  const [busyAfter, idleAfter] = await seconds();
  expect((await busy.cpu())?.gpuProcess).toBeGreaterThan(0);
  expect(busyAfter - busyBefore).toBeGreaterThan(0.1);
  expect(idleAfter - idleBefore).toBeLessThan((busyAfter - busyBefore) / 4);
  await busy.close();
  await idle.close();
}
