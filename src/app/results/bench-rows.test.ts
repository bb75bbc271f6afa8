import { describe, expect, it } from "vitest";
import type { AdapterDescription } from "../../runner/comparison.ts";
import { fakeProfile, fakeTuning } from "../testing/fake-bench.ts";
import { compareProfiles, tunedShapes, variantName, workName } from "./bench-rows.ts";

const adapter = (isSoftware: boolean): AdapterDescription => ({
  vendor: "example",
  architecture: "",
  device: "",
  description: "",
  isSoftware,
  integerExecution: null,
  tunedShapes: 0,
});
const request = { model: "float", images: 1 } as const;
const now = fakeProfile(request, adapter(false), fakeTuning(false), 1);

describe("comparison with a saved profile", () => {
  it("matches steps by what they compute, and tells the change of each time", () => {
    const saved = {
      ...now,
      steps: now.steps.map((step) => ({ ...step, elapsedMs: 2 * step.elapsedMs })),
      warm: { ...now.warm, medianMs: 4 * now.warm.medianMs },
    };
    const { rows, gone, otherKernels, warmChange, notes } = compareProfiles(now, saved);
    expect(rows.map(({ change }) => change)).toEqual(now.steps.map(() => -0.5));
    expect([gone, otherKernels, warmChange, notes]).toEqual([[], 0, -0.75, []]);
  });

  it("notices other kernels, steps that are gone and steps that are new", () => {
    const [first, second, ...rest] = now.steps;
    if (first === undefined || second === undefined) throw new Error("no steps");
    const saved = { ...now, steps: [{ ...first, kernel: "another" }, { ...second, name: "gone" }, ...rest] };
    const { rows, gone, otherKernels } = compareProfiles(now, saved);
    expect(otherKernels).toBe(1);
    expect(gone.map(({ name }) => name)).toEqual(["gone"]);
    expect(rows.filter(({ saved: twin }) => twin === null).map(({ step }) => step.name)).toEqual([second.name]);
  });

  it("compares no times of a run whose tab was hidden", () => {
    const { warmChange, notes } = compareProfiles(now, { ...now, hiddenMs: 3140 });
    expect([warmChange, notes]).toEqual([null, ["Times are not compared: in the saved run the tab was hidden 3.1 s."]]);
    expect(compareProfiles({ ...now, hiddenMs: 20 }, now).notes[0]).toContain("in this run the tab was hidden 20 ms");
  });

  it("compares no times of a software adapter, nor of other work, and says why", () => {
    const software = fakeProfile(request, adapter(true), null, 1);
    const halves = fakeProfile({ ...request, model: "float16" }, adapter(false), null, 1);
    expect(workName(halves)).toContain("float stored in 16 bits, ");
    for (const other of [software, halves, fakeProfile({ ...request, images: 8 }, adapter(false), null, 1)]) {
      const { rows, warmChange, notes } = compareProfiles(now, other);
      expect(rows.every(({ change }) => change === null)).toBe(true);
      expect(warmChange).toBeNull();
      expect(notes.join()).toContain("not compared");
    }
    const elsewhere = { ...now, env: { ...now.env, runtime: "another browser" } };
    expect(compareProfiles(now, elsewhere).notes).toEqual([expect.stringContaining("another adapter or browser")]);
  });
});

describe("names and tunings", () => {
  it("names a variant by the constants that are set", () => {
    expect(variantName({ kernel: "gemm-f16-tiled", variant: { X_HALF: 0, Y_HALF: 1, TILE_ROWS2: 8 } })).toBe(
      "gemm-f16-tiled, y half 1, tile rows2 8",
    );
  });

  it("tells what a choice wins over the default", () => {
    const timings = [
      { shape: "s", rung: "block8", elapsedMs: 3 },
      { shape: "s", rung: "subgroup", elapsedMs: 1.5 },
    ] as const;
    const gemm = {
      choices: { byShape: { s: "subgroup" }, otherwise: "block8" },
      timings,
      prologues: [],
      elapsedMs: 1,
      complete: true,
    } as const;
    const [shape] = tunedShapes({ ...fakeTuning(false), gemm });
    expect(shape).toMatchObject({ shape: "s", rung: "subgroup", elapsedMs: 1.5, speedup: 2 });
    expect(shape?.tried.map(({ rung }) => rung)).toEqual(["subgroup", "block8"]);
    expect(shape?.norm).toBeNull();
    const choices = { ...gemm.choices, prologues: ["s"] };
    const joined = { ...gemm, choices, prologues: [{ shape: "s", jointMs: 1.6, apartMs: 1.9 }] };
    expect(tunedShapes({ ...fakeTuning(false), gemm: joined })[0]?.norm).toEqual({ shape: "s", jointMs: 1.6, apartMs: 1.9, isJoint: true });
  });
});
