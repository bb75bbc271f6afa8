import { afterEach, describe, expect, it } from "vitest";
import { createLabStore } from "../store/lab-store.ts";
import { createFakeClient } from "../testing/fake-client.ts";
import type { FakeLabOptions } from "../testing/fake-lab.ts";
import type { LabApi } from "../worker/lab-api.ts";
import type { BenchRequest } from "../worker/bench-api.ts";
import { createLabActions } from "./lab-actions.ts";

const open: (() => void)[] = [];
afterEach(() => open.splice(0).forEach((close) => close()));

function lab(options: Partial<FakeLabOptions> = {}, change?: (lab: LabApi) => LabApi) {
  const { client, close } = createFakeClient({ adapter: "hardware", ...options }, change);
  open.push(close);
  const store = createLabStore();
  return { store, actions: createLabActions(store, client, () => performance.now()) };
}

describe("profile", () => {
  it("measures the float model, and the quantized one once there is one; another model makes it void", async () => {
    const asked: BenchRequest[] = [];
    const { store, actions } = lab({}, (real) => ({
      ...real,
      profile: (jobId, request, onProgress) => {
        asked.push(request);
        return real.profile(jobId, request, onProgress);
      },
    }));
    await actions.profile();
    expect(store.getState().profile).toBeNull();
    await actions.openFiles([{ path: "vit.safetensors", blob: new Blob(["x"]) }]);
    store.getState().setBenchRequest({ model: "quantized", images: 8 });
    await actions.profile();
    await actions.trySample();
    expect(store.getState().profile).toBeNull();
    await actions.profile();
    expect(asked).toEqual([
      { model: "float", images: 8 },
      { model: "quantized", images: 8 },
    ]);
    const { profile, status } = store.getState();
    expect(profile).toMatchObject({ mode: "integer", images: 8, roofline: null });
    expect(status).toBe(`${profile?.steps.length} dispatches are measured.`);
  });

  it("is cancelled, and shows nothing then", async () => {
    const { store, actions } = lab({ stepMs: 5 });
    await actions.openFiles([{ path: "vit.safetensors", blob: new Blob(["x"]) }]);
    const running = actions.profile();
    actions.cancel();
    await running;
    expect(store.getState()).toMatchObject({ profile: null, job: null, error: null, status: "Cancelled." });
  });
});

describe("tuning", () => {
  it("is kept, counted into later profiles, and forgotten", async () => {
    const { store, actions } = lab();
    await actions.start();
    await actions.openFiles([{ path: "vit.safetensors", blob: new Blob(["x"]) }]);
    expect(store.getState().tuning).toBeNull();
    await actions.tune();
    await actions.profile();
    expect(store.getState().profile?.steps.every(({ percentOfFloor }) => percentOfFloor !== null)).toBe(true);
    expect(store.getState().profile?.env.adapter.tunedShapes).toBe(4);
    await actions.forgetTuning();
    await actions.profile();
    expect(store.getState().tuning).toBeNull();
    expect(store.getState().profile?.env.adapter.tunedShapes).toBe(0);
  });

  it("is there from an earlier visit", async () => {
    const { store, actions } = lab({}, (real) => ({ ...real, tuning: () => real.tune("job-0", { model: "float", images: 1 }, () => {}) }));
    await actions.start();
    expect(store.getState().tuning?.gemm.complete).toBe(true);
  });
});

describe("a saved profile", () => {
  it("comes back as it was saved; what is none is refused with its code and leaves the last one", async () => {
    const { store, actions } = lab();
    await actions.openFiles([{ path: "vit.safetensors", blob: new Blob(["x"]) }]);
    await actions.tune();
    await actions.profile();
    const { profile } = store.getState();
    if (profile === null) throw new Error("no profile");
    const text = JSON.stringify(profile);
    await actions.openSavedProfile(new File([text], "saved.json"));
    expect(store.getState().savedProfile).toEqual({ name: "saved.json", report: profile });
    const others = [
      text.slice(0, -5),
      "[]",
      JSON.stringify({ ...profile, schema: "vitrine.profile/1" }),
      JSON.stringify({ ...profile, steps: [] }),
    ];
    for (const other of others) {
      store.getState().dismissError();
      await actions.openSavedProfile(new File([other], "other.json"));
      expect(store.getState().error?.code, other.slice(0, 40)).toBe("PROFILE_INVALID");
      expect(store.getState().savedProfile?.name).toBe("saved.json");
    }
  });
});

describe("a lost device", () => {
  it("is said once for every loss", async () => {
    let lose: (count: number) => void = () => {};
    const { store, actions } = lab({}, (real) => ({
      ...real,
      deviceLosses: (seen) => new Promise((resolve) => (lose = (count) => count > seen && resolve(count))),
    }));
    await actions.start();
    for (const count of [1, 2]) {
      while (store.getState().deviceLosses < count) {
        lose(count);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(store.getState().status).toContain("opened again");
      store.getState().say("");
    }
    expect(store.getState().deviceLosses).toBe(2);
  });
});
