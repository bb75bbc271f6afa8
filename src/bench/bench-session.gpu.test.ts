import { afterAll, beforeAll, expect, test } from "vitest";
import { randomVit, type RandomVitOptions } from "../models/random-vit.ts";
import { runGraph } from "../reference/run-graph.ts";
import { nodeInstance, nullDevice } from "../testing/node-gpu.ts";
import { agreementOf } from "./agreement.ts";
import { createBenchSession, type Outcome } from "./bench-session.ts";
import { contenderNamed } from "./contender-list.ts";
import type { ContenderHost } from "./contenders/contender.ts";
import { openTunedBy } from "./contenders/vitrine.ts";
import { installGpuMeter, type GpuMeter } from "./gpu-meter.ts";
import { benchPixels } from "./models/bench-pixels.ts";
import type { ModelManifest } from "./models/manifest.ts";
import type { WatchedPage } from "./page/hidden-watch.ts";
import { timmFiles } from "./models/timm-files.ts";
import { scenarioNamed } from "./scenarios.ts";

function prepared(options: RandomVitOptions) {
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
  return { files, manifest };
}

const options = scenarioNamed("small");
const { files, manifest } = prepared(options);
/** For what is compiled in many forms. */
const tiny = prepared({ image: 8, patch: 4, dim: 8, depth: 1, heads: 2, mlp: 16, classes: 3, seed: 1 });

let meter: GpuMeter | null = null;
beforeAll(() => void (meter = installGpuMeter(globalThis)));
afterAll(() => meter?.restore());

function hostOf(gpu: GPU, served = files): ContenderHost {
  return {
    gpu,
    threads: null,
    urls: { models: "", ortWasm: "", transformersWasm: "" },
    read: (_model, path) => Promise.resolve(served.find(({ name }) => name === path)?.bytes ?? new Uint8Array()),
    importPeer: () => Promise.reject(new Error("no peer here")),
  };
}

const open = (gpu: GPU = nodeInstance(), page: WatchedPage | null = null, served = files) =>
  createBenchSession(hostOf(gpu, served), meter, page);

/** The object with other members; its methods keep their `this`, which native objects insist on. */
function disguised<T extends object>(object: T, members: Readonly<Record<string, unknown>>): T {
  return new Proxy(object, {
    get(target, name) {
      if (typeof name === "string" && Object.hasOwn(members, name)) return members[name];
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

/** An instance whose adapters are others than they are. */
function gpuWith(members: (adapter: GPUAdapter) => Readonly<Record<string, unknown>>): GPU {
  return disguised(nodeInstance(), {
    async requestAdapter(options?: GPURequestAdapterOptions) {
      const adapter = await nodeInstance().requestAdapter(options);
      if (adapter === null) throw new Error("internal: no adapter");
      return disguised(adapter, members(adapter));
    },
  });
}

const hardware = { vendor: "acme", architecture: "one", device: "", description: "", isFallbackAdapter: false };

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

  const together = phases.find(({ name }) => name === "upload and compile")?.elapsedMs ?? 0;
  for (const fact of ["uploadedAfterMs", "compiledAfterMs"]) {
    expect(facts[fact], fact).toBeGreaterThan(0);
    expect(facts[fact], fact).toBeLessThanOrEqual(Math.ceil(together));
  }

  const warm = valueOf(await session.run(1));
  expect(warm.logits).toEqual(logits);
  const nothing = { bindGroups: 0, pipelines: 0, buffers: 0 };
  expect(warm.calls).toEqual({ dispatches: facts["planDispatches"], passes: 1, submits: 1, bufferWrites: 1, maps: 1, ...nothing });
  expect(warm.bytes?.liveBytes).toBeGreaterThanOrEqual(Number(facts["weightBytes"]) + Number(facts["arenaBytes"]));

  const many = valueOf(await session.run(3));
  expect(agreementOf(many.logits, reference, options.classes)).toMatchObject({ images: 3, top1: 1 });

  const { kernelTimes } = valueOf(await session.profile());
  expect(kernelTimes?.kernels.reduce((sum, { dispatches }) => sum + dispatches, 0)).toBe(facts["planDispatches"]);
  for (const { elapsedMs, floorMs, shape } of kernelTimes?.kernels ?? []) {
    expect(shape).toMatch(/^\d+x\d+(x\d+)?$/);
    expect(Math.min(elapsedMs, floorMs), shape).toBeGreaterThan(0);
  }
  expect(valueOf(await session.run(1)).logits).toEqual(logits);
  await session.close();
});

test("in f16 the logits are those of float within f16's rounding, not the same, and the weights take half the bytes", async () => {
  const [float, half] = [open(), open()];
  const full = valueOf(await float.load("ours-float", manifest));
  const { phases, logits, facts } = valueOf(await half.load("ours-f16", manifest));
  expect(phases.map(({ name }) => name)).toEqual(["code", "read", "parse", "device", "upload and compile", "first run"]);
  const reference = runGraph(randomVit(options), benchPixels(3, manifest.inputShape)).output.data;
  // 11 bits of mantissa in every weight and stored value.
  const error = agreementOf(logits, reference, options.classes).relativeError;
  expect(error).toBeGreaterThan(1e-5);
  expect(error).toBeLessThan(3e-3);
  expect(logits).not.toEqual(full.logits);
  expect(Number(facts["weightBytes"])).toBeLessThan(0.6 * Number(full.facts["weightBytes"]));

  const many = valueOf(await half.run(3));
  const agreement = agreementOf(many.logits, reference, options.classes);
  expect(agreement).toMatchObject({ images: 3, top1: 1 });
  expect(agreement.relativeError).toBeLessThan(3e-3);
  await float.close();
  await half.close();
});

test("an adapter that computes f16 wrong is left out of f16, with what it computes wrong", async () => {
  const blind = async () => disguised(await nullDevice(), { destroy: () => {} });
  const outcome = await open(gpuWith(() => ({ requestDevice: blind }))).load("ours-f16", manifest);
  expect(outcome).toMatchObject({ ok: false, reason: expect.stringMatching(/^This adapter computes ".*f16" wrong: /) });
});

test("nothing is tuned on a software adapter", async () => {
  const session = open();
  const { facts } = valueOf(await session.load("ours-float", manifest));
  expect(valueOf(await session.tune([1, 3]))).toEqual({ facts, isHidden: false });
  await session.close();
});

test("on hardware the kernels are chosen after the cold start: measured, told in the facts, and the logits stay", async () => {
  const session = open(
    gpuWith(() => ({ info: hardware })),
    null,
    tiny.files,
  );
  const cold = valueOf(await session.load("ours-float", tiny.manifest));
  expect(cold.facts).not.toHaveProperty("tunedShapes");
  const { facts } = valueOf(await session.tune([1, 20]));
  // 4 patches; 20 images run in pieces of 16 and 4. The costliest shape of each is measured however little time there is.
  const shapes = [4, 16 * 4, 4 * 4].map((rows) => `f32 ${rows}x48x8`);
  for (const shape of shapes) expect(facts["tunedRungs"]).toContain(shape);
  expect(facts["tunedShapes"]).toBe(String(facts["tunedRungs"]).match(/f32 \d+x\d+x\d+/g)?.length);
  expect(facts["tuningMs"]).toBeGreaterThan(0);
  expect(facts["reopeningMs"]).toBeGreaterThan(0);
  expect(facts["tuningEnd"]).toMatch(/shapes?/);

  const warm = valueOf(await session.run(1));
  expect(warm.calls).toMatchObject({ dispatches: facts["planDispatches"], pipelines: 0, buffers: 0 });
  expect(agreementOf(warm.logits, Float32Array.from(cold.logits), tiny.manifest.classes).relativeError).toBeLessThan(1e-5);
  // The tuner's buffers lie on another device; the cold session's are gone.
  expect(warm.bytes?.liveBytes).toBeLessThan(2 * (Number(facts["weightBytes"]) + Number(facts["arenaBytes"])));
  await session.close();
});

test("what was chosen is what runs: layers joined with the step before them are dispatches less, with the same logits", async () => {
  const prologues = ["f32 4x48x8", "f32 5x8x24", "f32 5x8x16"];
  const choose = () => Promise.resolve({ choices: { byShape: {}, otherwise: "block8" as const, prologues }, facts: { tuningMs: 7 } });
  const host = hostOf(
    gpuWith(() => ({ info: hardware })),
    tiny.files,
  );
  const model = await openTunedBy(choose, contenderNamed("ours-float"), tiny.manifest, host, (_name, work) => work());
  const pixels = benchPixels(1, tiny.manifest.inputShape).data;
  const before = { facts: model.facts, logits: await model.run(pixels, 1) };
  await model.tune?.([1]);
  expect(model.facts).toMatchObject({ tuningMs: 7, planDispatches: Number(before.facts["planDispatches"]) - prologues.length });
  expect(await model.run(pixels, 1)).toEqual(before.logits);
  await model.close();
});

test("a tab that is hidden in the middle of a forward counts as hidden, and the next forward does not", async () => {
  const tab = Object.assign(new EventTarget(), { visibilityState: "visible" as const });
  const session = open(nodeInstance(), tab as unknown as WatchedPage);
  expect(valueOf(await session.load("ours-float", manifest)).isHidden).toBe(false);
  const running = session.run(1);
  tab.dispatchEvent(new Event("visibilitychange"));
  tab.dispatchEvent(new Event("visibilitychange"));
  expect(valueOf(await running).isHidden).toBe(true);
  expect(valueOf(await session.run(1)).isHidden).toBe(false);
  await session.close();
});

test("what cannot run says why: no such form, no file, no peer", async () => {
  const reason = async (contender: string, given = manifest) => {
    const outcome = await open().load(contender, given);
    return outcome.ok ? "it ran" : outcome.reason;
  };
  expect(await reason("ours-w4a4")).toBe("nobody wrote it");
  expect(await reason("ort-node-cpu-float")).toBe("the model has no ONNX file in float");
  expect(await reason("ort-node-cpu-float", { ...manifest, onnx: { float: "model.onnx" } })).toBe("no peer here");
  expect(await reason("nobody")).toContain('There is no contender "nobody"');
});
