import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeRun, versionsOf } from "./environment.ts";
import { noteStartLoad } from "./start-load.ts";
import type { BenchSettings } from "./settings.ts";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "vitrine-environment-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function install(path: string, version: string): void {
  mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, path, "package.json"), JSON.stringify({ version }));
}

test("transformers.js is listed with the runtime that it loads: its own where it has one, else the one beside it", () => {
  const names = ["onnxruntime-web", "@huggingface/transformers", "absent"];
  install("onnxruntime-web", "1.0.0");
  expect(versionsOf(names, folder)).toEqual({
    "onnxruntime-web": "1.0.0",
    "@huggingface/transformers": "not installed",
    absent: "not installed",
  });
  install("@huggingface/transformers", "4.0.0");
  expect(versionsOf(names, folder)["onnxruntime-web of @huggingface/transformers"]).toBe("1.0.0");
  install("@huggingface/transformers/node_modules/onnxruntime-web", "1.1.0-dev");
  expect(versionsOf(names, folder)).toMatchObject({
    "onnxruntime-web": "1.0.0",
    "@huggingface/transformers": "4.0.0",
    "onnxruntime-web of @huggingface/transformers": "1.1.0-dev",
  });
});

test("the load of a run is what was noted before it, not what the run itself has made of the machine by now", () => {
  const settings: BenchSettings = {
    place: "node",
    models: [],
    contenders: "all",
    runs: 1,
    batches: [1],
    timeLimitSeconds: 60,
    recipe: "min-max",
    threads: null,
    headed: false,
    runId: "run",
    startedAt: "2026-01-02T03:04:05.000Z",
    commit: "unknown",
    modelsFolder: join(folder, "models"),
    partsFolder: folder,
    out: folder,
    check: false,
    baseline: null,
    maxSlowdown: 1.15,
    minAgreement: 0.97,
    isShard: false,
    merge: [],
  };
  const loadOf = () => describeRun(settings, "Node", null, [], [], []).loadAverage;
  expect(loadOf(), "nobody noted it").toBeNull();
  // No machine has this load.
  noteStartLoad(settings.modelsFolder, -0.25);
  expect(loadOf()).toBe(-0.25);
});
