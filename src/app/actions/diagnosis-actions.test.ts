import { afterEach, describe, expect, it } from "vitest";
import { isStale } from "../store/stale.ts";
import { createLabStore } from "../store/lab-store.ts";
import { createFakeClient } from "../testing/fake-client.ts";
import type { LabApi } from "../worker/lab-api.ts";
import { InputError } from "../../tensor/input-error.ts";
import { createLabActions } from "./lab-actions.ts";

const open: (() => void)[] = [];
afterEach(() => open.splice(0).forEach((close) => close()));

async function compared(change?: (lab: LabApi) => LabApi) {
  const { client, close } = createFakeClient({}, change);
  open.push(close);
  const store = createLabStore();
  const actions = createLabActions(store, client, () => 0);
  await actions.start();
  await actions.trySample();
  return { store, actions };
}

describe("diagnose", () => {
  it("keeps each part as it comes, and starts over with another side or run", async () => {
    const { store, actions } = await compared();
    await actions.diagnose([{ part: "split" }, { part: "ranking", kind: "role", mode: "only" }]);
    const first = store.getState().diagnosis;
    expect(first).toMatchObject({ side: "main", request: { recipe: "repq-vit" }, observations: null, split: { imageCount: 4 } });
    await actions.diagnose([
      { part: "ranking", kind: "role", mode: "only" },
      { part: "ranking", kind: "layer", mode: "without" },
    ]);
    expect(store.getState().diagnosis?.rankings.map(({ kind, mode }) => `${kind} ${mode}`)).toEqual(["role only", "layer without"]);
    store.getState().setSide("baseline");
    await actions.diagnose([{ part: "observations" }]);
    expect(store.getState().diagnosis).toMatchObject({ side: "baseline", request: { recipe: "min-max" }, split: null, rankings: [] });
    expect(store.getState().diagnosis?.observations?.softmax[0]?.current?.scheme).toBe("log √2");
    await actions.trySample();
    expect(store.getState().diagnosis).toBeNull();
  });

  it("shows the engine's error and keeps what was measured before it", async () => {
    const { store, actions } = await compared((lab) => ({
      ...lab,
      diagnose: (jobId, request, onProgress) =>
        request.ask.part === "split"
          ? lab.diagnose(jobId, request, onProgress)
          : Promise.reject(new InputError("RUN_GONE", { what: "w", why: "y", next: "n" })),
    }));
    await actions.diagnose([{ part: "split" }, { part: "observations" }]);
    expect(store.getState()).toMatchObject({
      job: null,
      error: { code: "RUN_GONE" },
      diagnosis: { split: { imageCount: 4 }, observations: null },
    });
  });
});

describe("sweep", () => {
  it("gathers rows, goes on from what is there, and opens one again", async () => {
    const { store, actions } = await compared();
    store.getState().setSweepAxes({ recipes: ["min-max"], bits: ["8/8", "4/4"] });
    await actions.sweep();
    expect(store.getState().sweepRows.map(({ recipe, bits }) => `${recipe} ${bits}`)).toEqual(["min-max 8/8", "min-max 4/4"]);
    expect(store.getState().sweepFloat).toMatchObject({ floatBytes: 6_501_936, imageCount: 32 });
    store.getState().setSweepAxes({ recipes: ["min-max", "repq-vit"], bits: ["8/8/4"] });
    await actions.sweep();
    expect(store.getState().sweepRows.map(({ bits }) => bits)).toEqual(["8/8", "4/4", "8/8/4", "8/8/4"]);
    const row = store.getState().sweepRows.at(-1);
    if (row === undefined) throw new Error("no row");
    await actions.openRow(row);
    expect(store.getState()).toMatchObject({
      panel: "compare",
      controls: { recipe: "repq-vit", weightBits: 8, activationBits: 8, attentionBits: 4 },
      result: { main: { request: { recipe: "repq-vit", attentionBits: 4 } } },
    });
    // Rules of the Recipe panel compete with the recipe as it is; the row gives them back.
    const rules = [{ where: ["head"], bits: 8 }];
    store.getState().setControls({ rules });
    store.getState().setSweepAxes({ recipes: ["repq-vit"], bits: ["8/8/4"] });
    await actions.sweep();
    expect(store.getState().sweepRows.map((one) => [one.label, one.rules])).toEqual([
      ...["min-max", "min-max", "min-max", "RepQ-ViT"].map((label) => [label, undefined]),
      ["RepQ-ViT, 1 rule", rules],
    ]);
    store.getState().setControls({ recipe: "min-max", rules: undefined });
    const ruled = store.getState().sweepRows.at(-1);
    if (ruled !== undefined) await actions.openRow(ruled);
    expect(store.getState().controls).toMatchObject({ recipe: "repq-vit", rules });
    store.getState().setSweepAxes({ withRules: false });
    await actions.sweep();
    // Runs belong to the model and images that they were made with.
    expect(store.getState().sweepRows.length).toBe(5);
    await actions.trySample();
    expect(store.getState().sweepRows).toEqual([]);
  });
});

describe("stale results", () => {
  it("are noticed by rules and by the recipe beside", async () => {
    const { store } = await compared();
    const rules = [{ where: ["blocks.3.mlp.fc2"], bits: 8 }];
    expect(isStale(store.getState())).toBe(false);
    store.getState().setControls({ rules });
    expect(isStale(store.getState())).toBe(true);
    store.getState().setControls({ rules: [] });
    expect(isStale(store.getState())).toBe(false);
    store.getState().setVersus("repq-vit");
    expect(isStale(store.getState())).toBe(true);
  });
});
