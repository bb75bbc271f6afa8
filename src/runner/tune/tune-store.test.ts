import { expect, test } from "vitest";
import type { Gpu } from "../../gpu/device.ts";
import type { AdapterTuning } from "./adapter-tuning.ts";
import { createTunings, indexedDbStore, memoryStore } from "./tune-store.ts";

const gemm = {
  choices: { byShape: { "f32 197x192x768": "tile16x32" }, otherwise: "block8", prologues: ["f32 197x192x768"] },
  timings: [{ shape: "f32 197x192x768", rung: "tile16x32", elapsedMs: 0.25 }],
  prologues: [{ shape: "f32 197x192x768", jointMs: 0.25, apartMs: 0.3 }],
  elapsedMs: 300,
  complete: true,
} as const;
const roofline = {
  fmaPerSecond: 1e12,
  packedDotPerSecond: null,
  exp2PerSecond: 1e11,
  readBytesPerSecond: 1e11,
  barrierSeconds: 0,
  dispatchSeconds: 1e-6,
  submitSeconds: 1e-5,
  readbackSeconds: 1e-4,
  elapsedMs: 500,
  isSoftware: false,
};
const tuning: AdapterTuning = { gemm, roofline };
const adapter = (description: string): Gpu => ({
  device: { features: new Set(["subgroups"]) } as unknown as GPUDevice,
  languageFeatures: new Set(),
  vendor: "v",
  architecture: "a",
  deviceName: "",
  description,
  isSoftware: false,
});

test("what was stored comes back, by adapter, until it is cleared", async () => {
  const tunings = createTunings(memoryStore());
  const [one, other] = [adapter("one"), adapter("other")];
  expect(await tunings.load(one)).toBeUndefined();
  await tunings.save(one, tuning);
  expect(await tunings.load(one)).toEqual(tuning);
  expect(await tunings.load(other)).toBeUndefined();
  await tunings.clear();
  expect(await tunings.load(one)).toBeUndefined();
});

test.each([
  ["no JSON", "{"],
  ["another shape", "[]"],
  ["an unknown rung", JSON.stringify({ ...tuning, gemm: { ...gemm, choices: { byShape: { x: "warp" }, otherwise: "block8" } } })],
  ["without the adapter's limits", JSON.stringify({ gemm })],
  ["cut off", JSON.stringify(tuning).slice(0, -9)],
])("a stored text that is %s counts as nothing", async (_, text) => {
  const tunings = createTunings({ ...memoryStore(), load: () => Promise.resolve(text) });
  expect(await tunings.load(adapter("one"))).toBeUndefined();
});

test("a browser that refuses its database keeps nothing and fails nothing", async () => {
  const refusing = {
    open() {
      throw new Error("denied");
    },
  } as unknown as IDBFactory;
  const store = indexedDbStore(refusing);
  await store.save("a", "text");
  await store.clear();
  expect(await store.load("a")).toBeNull();
});
