import { afterAll, beforeAll, expect, test } from "vitest";
import { randomVit } from "../models/random-vit.ts";
import { runGraph } from "../reference/run-graph.ts";
import { nodeInstance } from "../testing/node-gpu.ts";
import { agreementOf } from "./agreement.ts";
import { createBenchSession, type Outcome } from "./bench-session.ts";
import type { ContenderHost } from "./contenders/contender.ts";
import { installGpuMeter, type GpuMeter } from "./gpu-meter.ts";
import { benchPixels } from "./models/bench-pixels.ts";
import type { ModelManifest } from "./models/manifest.ts";
import { timmFiles } from "./models/timm-files.ts";
import { scenarioNamed } from "./scenarios.ts";

const options = scenarioNamed("small");
const files = timmFiles(randomVit(options), options);
const manifest: ModelManifest = {
  key: "small",
  inputShape: [3, options.image, options.image],
  classes: options.classes,
  parameters: 1,
  weights: "",
  ours: { float: files.map(({ name }) => name) },
  onnx: {},
  absent: { w4a4: "nobody wrote it" },
  reference: { by: "", images: 0 },
};

let meter: GpuMeter | null = null;
beforeAll(() => void (meter = installGpuMeter(globalThis)));
afterAll(() => meter?.restore());

function open() {
  const host: ContenderHost = {
    gpu: nodeInstance(),
    threads: null,
    urls: { models: "", ortWasm: "", transformersWasm: "" },
    read: (_model, path) => Promise.resolve(files.find(({ name }) => name === path)?.bytes ?? new Uint8Array()),
    importPeer: () => Promise.reject(new Error("no peer here")),
  };
  return createBenchSession(host, meter, () => false);
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
}

test("our float model from its files: timed by phase, right, and warm without making anything", async () => {
  const session = open();
  const { phases, elapsedMs, logits, facts } = valueOf(await session.load("ours-float", manifest));
  expect(phases.map(({ name }) => name)).toEqual(["code", "read", "parse", "device", "upload and compile", "first run"]);
  expect(phases.reduce((sum, each) => sum + each.elapsedMs, 0)).toBeLessThanOrEqual(elapsedMs);
  const reference = runGraph(randomVit(options), benchPixels(3, manifest.inputShape)).output.data;
  expect(agreementOf(logits, reference, options.classes).relativeError).toBeLessThan(1e-5);

  const warm = valueOf(await session.run(1));
  expect(warm.logits).toEqual(logits);
  const nothing = { bindGroups: 0, pipelines: 0, buffers: 0 };
  expect(warm.calls).toEqual({ dispatches: facts["planDispatches"], passes: 1, submits: 1, bufferWrites: 1, maps: 1, ...nothing });
  expect(warm.bytes?.liveBytes).toBeGreaterThanOrEqual(Number(facts["weightBytes"]) + Number(facts["arenaBytes"]));

  const many = valueOf(await session.run(3));
  expect(agreementOf(many.logits, reference, options.classes)).toMatchObject({ images: 3, top1: 1 });
  await session.close();
});

test("what cannot run says why: no such form, no file, no f16, no peer", async () => {
  const reason = async (contender: string, given = manifest) => {
    const outcome = await open().load(contender, given);
    return outcome.ok ? "it ran" : outcome.reason;
  };
  expect(await reason("ours-w4a4")).toBe("nobody wrote it");
  expect(await reason("ours-f16")).toMatch(/f16/);
  expect(await reason("ort-node-cpu-float")).toBe("the model has no ONNX file in float");
  expect(await reason("ort-node-cpu-float", { ...manifest, onnx: { float: "model.onnx" } })).toBe("no peer here");
  expect(await reason("nobody")).toContain('There is no contender "nobody"');
});
