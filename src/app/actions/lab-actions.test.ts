import { afterEach, describe, expect, it } from "vitest";
import { InputError } from "../../tensor/input-error.ts";
import type { DroppedFile, LabApi } from "../worker/lab-api.ts";
import { chosenPreprocessing } from "../store/inputs-slice.ts";
import type { FileShelf } from "../session/file-shelf.ts";
import type { Session } from "../session/session.ts";
import { isStale } from "../store/stale.ts";
import { createLabStore } from "../store/lab-store.ts";
import { createFakeClient } from "../testing/fake-client.ts";
import type { FakeClient } from "../testing/fake-client.ts";
import type { FakeLabOptions } from "../testing/fake-lab.ts";
import { createLabActions } from "./lab-actions.ts";

let fake: FakeClient;
afterEach(() => fake.close());

function lab(options: Partial<FakeLabOptions> = {}, change?: (lab: LabApi) => LabApi) {
  fake = createFakeClient(options, change);
  const store = createLabStore();
  return { store, actions: createLabActions(store, fake.client, () => performance.now()) };
}

const files = (...paths: readonly string[]): readonly DroppedFile[] => paths.map((path) => ({ path, blob: new Blob([path]) }));
const PICTURES = Array.from({ length: 20 }, (_, i) => `photos/${i}.png`);

describe("lab actions", () => {
  it("starts with the adapter and the recipes", async () => {
    const { store, actions } = lab();
    await actions.start();
    expect(store.getState().adapter).toMatchObject({ kind: "ready", adapter: { isSoftware: true } });
    expect(store.getState().recipes.map((recipe) => recipe.name)).toEqual(["repq-vit", "min-max"]);
  });

  it("says which adapter is missing", async () => {
    const { store, actions } = lab({ adapter: "missing" });
    await actions.start();
    expect(store.getState().adapter).toMatchObject({ kind: "missing", error: { code: "NO_ADAPTER" } });
    // The CPU computes instead, which is no adapter, and has no kernels to check.
    await actions.trySample();
    expect(store.getState()).toMatchObject({ adapter: { kind: "missing" }, selfTest: { kind: "not-run" }, error: null });
    expect(store.getState().result?.main.quality.imageCount).toBe(32);
  });

  it("goes from one click to a result, then checks the kernels", async () => {
    const { store, actions } = lab();
    await actions.start();
    await actions.trySample();
    const { result, status, selfTest, job } = store.getState();
    expect(result?.main.quality.imageCount).toBe(32);
    expect(status).toMatch(/^min-max W4A4 keeps \d+ of 32 predictions, RepQ-ViT keeps \d+;/);
    expect(selfTest).toMatchObject({ kind: "done", report: { passed: 9, failed: 0 } });
    expect(job).toBeNull();
  });

  it("opens a model and images that come in one drop", async () => {
    const { store, actions } = lab();
    await actions.openFiles(files("vit.safetensors", ...PICTURES, "IMG.heic"));
    expect(store.getState().model?.card.name).toBe("vit.safetensors");
    expect(store.getState().images?.skipped.map((file) => file.name)).toEqual(["IMG.heic"]);
    expect(store.getState().result?.main.quality.imageCount).toBe(20);
  });

  it("leaves what somebody opens while it looks for what was open", async () => {
    fake = createFakeClient({});
    const store = createLabStore();
    let found = (_files: readonly DroppedFile[]) => {};
    const shelf: FileShelf = {
      models: () => Promise.resolve([]),
      keepModel: () => Promise.resolve("no-room"),
      askToStay: () => Promise.resolve(null),
      keepImages: () => Promise.resolve(),
      images: () => Promise.resolve([]),
      open: () => new Promise((resolve) => (found = resolve)),
      remove: () => Promise.resolve(),
    };
    const actions = createLabActions(store, fake.client, () => performance.now(), { shelf });
    await actions.start();
    const source = { kind: "files", model: "1" } as const;
    const session = { source, rule: null, preprocessing: null, labelColumns: null } as unknown as Session;
    const restoring = actions.restore(session);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const opening = actions.openFiles(files("mine.safetensors", ...PICTURES));
    found(files("old.safetensors"));
    await Promise.all([restoring, opening]);
    expect(store.getState().model?.card.name).toBe("mine.safetensors");
    expect(store.getState().result?.main.quality.imageCount).toBe(20);
  });

  it("prepares images in another way: the result is stale until that is undone, and other heads keep it", async () => {
    const { store, actions } = lab();
    await actions.openFiles(files("vit.safetensors", ...PICTURES));
    const { result, model } = store.getState();
    await actions.choosePreprocessing("size=80,colours=none");
    expect(store.getState()).toMatchObject({ result, model: { card: { preprocessing: { size: 80, mean: [0, 0, 0] } } } });
    expect(isStale(store.getState())).toBe(true);
    expect(chosenPreprocessing(store.getState().model)).toBe("resize=shortest,size=80,filter=bicubic,mean=0/0/0,std=1/1/1");
    await actions.changeHeads(8);
    expect(store.getState()).toMatchObject({ model: { card: { preprocessing: { size: 80 } } }, result: { preprocessing: { size: 80 } } });
    expect(isStale(store.getState())).toBe(false);
    await actions.choosePreprocessing(null);
    expect(store.getState().model?.card.preprocessing).toEqual(model?.card.preprocessing);
    expect(isStale(store.getState())).toBe(true);
    await actions.choosePreprocessing("size=nothing");
    expect(store.getState()).toMatchObject({ error: { code: "PREPROCESSING_INVALID" }, model: { card: { preprocessing: { size: 72 } } } });
    await actions.openFiles(files("other.safetensors"));
    expect(chosenPreprocessing(store.getState().model)).toBeNull();
  });

  it("asks the browser to keep its storage once a model is kept and not before; says what is not kept", async () => {
    fake = createFakeClient();
    const store = createLabStore();
    let isFull = true;
    let asked = 0;
    const shelf: FileShelf = {
      models: () => Promise.resolve([]),
      keepModel: (name) => Promise.resolve(isFull ? "no-room" : { id: "1", name, sizeBytes: 1, keptAt: "", paths: [] }),
      askToStay: () => Promise.resolve(++asked > 9),
      keepImages: () => Promise.resolve(),
      images: () => Promise.resolve([]),
      open: () => Promise.resolve(null),
      remove: () => Promise.resolve(),
    };
    const actions = createLabActions(store, fake.client, () => performance.now(), { shelf });
    const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
    await actions.start();
    await actions.trySample();
    await actions.openFiles(files("a.safetensors"));
    await settled();
    expect(store.getState()).toMatchObject({ notKept: "no-room", keptModel: null, mayStay: null });
    expect(asked).toBe(0);
    isFull = false;
    await actions.openFiles(files("b.safetensors"));
    await settled();
    expect(store.getState()).toMatchObject({ notKept: null, keptModel: "1", mayStay: false });
    await actions.openFiles(files("c.safetensors"));
    await settled();
    expect(asked).toBe(1);
  });

  it("two models of the same kind in one drop: offered to be compared, in float, on the images that come along or later", async () => {
    const { store, actions } = lab();
    await actions.openFiles(files("a.safetensors", "b.safetensors", "other-classes.safetensors", ...PICTURES));
    const { modelChoices: choices, modelPairs } = store.getState();
    expect(modelPairs.map((pair) => pair.map((at) => choices[at]?.name))).toEqual([["a.safetensors", "b.safetensors"]]);
    await actions.compareTwo(choices[0]?.files ?? [], choices[1]?.files ?? []);
    expect(store.getState()).toMatchObject({
      error: null,
      result: null,
      model: { card: { name: "a.safetensors" } },
      twin: { reference: "a.safetensors", other: "b.safetensors", quality: { imageCount: 20 } },
      panel: "compare",
    });
    expect(store.getState().status).toMatch(/^b.safetensors says the same as a.safetensors on \d+ of 20 images\.$/);
    // Other images are compared in the same way; a recipe takes its place.
    await actions.openFiles(files(...PICTURES.slice(0, 9)));
    expect(store.getState().twin?.quality.imageCount).toBe(9);
    await actions.compare();
    expect(store.getState()).toMatchObject({ twin: null, result: { main: { quality: { imageCount: 9 } } } });
    await actions.compareTwinAgain();
    expect(store.getState().twin).not.toBeNull();
    await actions.openFiles(files("c.safetensors"));
    expect(store.getState()).toMatchObject({ twin: null, twinFiles: null });
  });

  it("holds images until a model comes", async () => {
    const { store, actions } = lab();
    await actions.openFiles(files(...PICTURES));
    expect(store.getState()).toMatchObject({ model: null, images: null, status: "20 image files are waiting for a model." });
    await actions.openFiles(files("vit.safetensors"));
    expect(store.getState().result?.main.quality.imageCount).toBe(20);
  });

  it("shows a drop that could not be read, and leaves an empty one alone", async () => {
    const { store, actions } = lab();
    await actions.openFiles(
      Promise.reject(new InputError("FILE_UNREADABLE", { what: "a.png could not be read.", why: "gone", next: "Again." })),
    );
    expect(store.getState()).toMatchObject({ job: null, error: { code: "FILE_UNREADABLE" } });
    store.getState().dismissError();
    await actions.openFiles(Promise.resolve([]));
    expect(store.getState()).toMatchObject({ job: null, error: null, model: null });
  });

  it("says that a model is open already, and keeps what was found for it", async () => {
    const { store, actions } = lab();
    await actions.openFiles(files("vit.safetensors", ...PICTURES));
    const { result, model } = store.getState();
    await actions.openFiles(files("vit.safetensors"));
    expect(store.getState()).toMatchObject({ error: { code: "ALREADY_OPEN", what: "vit.safetensors: already open." } });
    expect(store.getState().result).toBe(result);
    expect(store.getState().model).toBe(model);
    // With other images, those are what is new.
    await actions.openFiles(files("vit.safetensors", "a.png", "b.png", "notes.md"));
    expect(store.getState()).toMatchObject({ error: null, imageFiles: [{ path: "a.png" }, { path: "b.png" }], ignoredFiles: ["notes.md"] });
    expect(store.getState().model).toBe(model);
  });

  it("lets one of several models be chosen, with the images that came along", async () => {
    const { store, actions } = lab();
    await actions.openFiles(files("a.safetensors", "b.safetensors", ...PICTURES));
    expect(store.getState()).toMatchObject({ error: { code: "SEVERAL_MODELS" }, model: null });
    const choices = store.getState().modelChoices;
    expect(choices.map(({ name }) => name)).toEqual(["a.safetensors", "b.safetensors"]);
    await actions.openFiles(choices[1]?.files ?? []);
    expect(store.getState()).toMatchObject({ error: null, modelChoices: [], model: { card: { name: "b.safetensors" } } });
    expect(store.getState().result?.main.quality.imageCount).toBe(20);
  });

  it("leaves the page as it was when a file is refused", async () => {
    const { store, actions } = lab();
    await actions.trySample();
    const before = store.getState();
    await actions.openFiles(files("resnet50.safetensors"));
    const after = store.getState();
    expect(after.error).toMatchObject({ code: "NOT_A_VIT" });
    expect([after.model, after.images, after.result]).toEqual([before.model, before.images, before.result]);
    after.dismissError();
    expect(store.getState().error).toBeNull();
  });

  it("shows a bug of ours as such", async () => {
    const { store, actions } = lab({}, (real) => ({
      ...real,
      compare: () => Promise.reject(new Error("internal: slot 3 overlaps slot 4")),
    }));
    await actions.trySample();
    expect(store.getState().error).toMatchObject({ code: "INTERNAL", why: "internal: slot 3 overlaps slot 4" });
    expect(store.getState().model).not.toBeNull();
  });

  it("cancels a job, keeps what was open, and can run again", async () => {
    const { store, actions } = lab({ stepMs: 2 });
    const running = actions.trySample();
    await untilJob(store, "calibrating");
    actions.cancel();
    await running;
    expect(store.getState()).toMatchObject({ job: null, error: null, status: "Cancelled.", result: null });
    await actions.compare();
    expect(store.getState().result).not.toBeNull();
  });

  it("lets a second job replace the first without a trace", async () => {
    const { store, actions } = lab({ stepMs: 2 });
    const first = actions.trySample();
    await untilJob(store, "opening");
    await actions.openFiles(files("mine.safetensors", ...PICTURES));
    await first;
    expect(store.getState().model?.card.name).toBe("mine.safetensors");
    expect(store.getState().error).toBeNull();
  });

  it("knows stale results, and a run with the new settings makes them fresh", async () => {
    const { store, actions } = lab();
    await actions.trySample();
    expect(isStale(store.getState())).toBe(false);
    store.getState().setControls({ weightBits: 3 });
    expect(isStale(store.getState())).toBe(true);
    await actions.compare();
    expect(store.getState().result?.main.request.weightBits).toBe(3);
    expect(isStale(store.getState())).toBe(false);
  });

  it("shows levels without being a job, and stops when nobody waits any more", async () => {
    const { store, actions } = lab();
    await actions.trySample();
    const result = store.getState().result;
    const request = { comparison: result?.id ?? "", side: "main", site: result?.main.sites[0]?.id ?? "", entry: 0 } as const;
    const asked = actions.levels(request, new AbortController().signal);
    expect(store.getState().job).toBeNull();
    expect((await asked).axis).toBe("linear");
    await expect(actions.levels(request, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
  });

  it("warns where the same images calibrate and judge", async () => {
    const { store, actions } = lab();
    await actions.openFiles(files("vit.safetensors", "a.png", "b.png"));
    expect(store.getState().result?.warnings.map(({ code }) => code)).toEqual(["CALIBRATION_OVERLAP"]);
    await actions.trySample();
    expect(store.getState().result?.warnings).toEqual([]);
  });

  it("runs the baseline alone when it is the chosen recipe, and leaves its side", async () => {
    const { store, actions } = lab();
    await actions.trySample();
    store.getState().setSide("baseline");
    store.getState().setControls({ recipe: "min-max" });
    await actions.compare();
    expect(store.getState()).toMatchObject({ result: { baseline: null }, side: "main" });
  });

  it("opens the model again with another head count, images with it", async () => {
    const { store, actions } = lab();
    await actions.openFiles(files("vit.safetensors", ...PICTURES));
    expect(store.getState().model?.card.assumed).toContain("numHeads");
    await actions.changeHeads(8);
    expect(store.getState().model?.card).toMatchObject({ config: { numHeads: 8 } });
    expect(store.getState().model?.card.assumed).not.toContain("numHeads");
    expect(store.getState().result?.main.quality.imageCount).toBe(20);
  });
});

async function untilJob(store: ReturnType<typeof createLabStore>, stage: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = store.subscribe((state) => {
      if (state.job?.progress?.stage.startsWith(stage) !== true) return;
      stop();
      resolve();
    });
  });
}
