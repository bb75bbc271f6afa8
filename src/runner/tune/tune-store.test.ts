import { expect, test } from "vitest";
import { indexedDbStore, loadTuning, memoryStore, saveTuning } from "./tune-store.ts";
import type { GemmTuning } from "./tune-gemm.ts";

const tuning: GemmTuning = {
  choices: { byShape: { "f32 197x192x768": "tile16x32" }, otherwise: "block8" },
  timings: [{ shape: "f32 197x192x768", rung: "tile16x32", elapsedMs: 0.25 }],
  elapsedMs: 300,
  complete: true,
};

test("what was stored comes back, by adapter, until it is cleared", async () => {
  const store = memoryStore();
  expect(await loadTuning(store, "a")).toBeUndefined();
  await saveTuning(store, "a", tuning);
  expect(await loadTuning(store, "a")).toEqual(tuning);
  expect(await loadTuning(store, "b")).toBeUndefined();
  await store.clear();
  expect(await loadTuning(store, "a")).toBeUndefined();
});

test.each([
  ["no JSON", "{"],
  ["another shape", "[]"],
  ["an unknown rung", JSON.stringify({ ...tuning, choices: { byShape: { x: "warp" }, otherwise: "block8" } })],
  ["cut off", JSON.stringify(tuning).slice(0, -9)],
])("a stored text that is %s counts as nothing", async (_, text) => {
  const store = memoryStore();
  await store.save("a", text);
  expect(await loadTuning(store, "a")).toBeUndefined();
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
