import { expect, test } from "vitest";
import { kernelCases } from "../../gpu/cases/index.ts";
import type { KernelCase } from "../../gpu/cases/kernel-case.ts";
import { kernels, type KernelName } from "../../gpu/kernels/index.ts";
import type { Kernel } from "../../gpu/kernel.ts";
import { randomPixels, randomVit } from "../../testing/random-vit.ts";
import { createCpuExecutor } from "../cpu-executor.ts";
import { makePlan } from "../make-plan.ts";
import type { FloatPrecision, Plan, Step } from "../plan.ts";
import { checkStep } from "../plan-checks.ts";
import { defaultChoices, gemmRungs, placeOnRung, productOf, rungsOf, RUNG_NAMES, shapeKey, type GemmChoices } from "./gemm-rungs.ts";

// An MLP of 512, so that fc2 is long enough for slices.
const graph = randomVit({ image: 8, patch: 4, dim: 8, heads: 2, mlp: 512, depth: 1, classes: 3, seed: 1 });
const planWith = (gemm?: GemmChoices, precision: FloatPrecision = "f32"): Plan =>
  makePlan(graph, {
    mode: "float",
    images: 2,
    execution: "f32",
    precision,
    attention: "unfused",
    taps: [],
    constants: new Map(),
    ...(gemm ? { gemm } : {}),
  });
const stepOf = (plan: Plan, name: string): Step => {
  const step = plan.steps.find((each) => each.name === name);
  if (!step) throw new Error(`no step ${name}`);
  return step;
};

test("every rung's kernels take what the foot of the ladder takes", () => {
  const foot = { f32: "gemm-f32", f16: "gemm-f16", "codes-f32": "gemm-codes-f32", "codes-dot": "gemm-codes-dot" } as const;
  for (const [product, kernel] of Object.entries(foot) as [keyof typeof foot, KernelName][]) {
    const { params, bindings, constants }: Kernel = kernels[kernel];
    const step: Step = {
      name: "layer",
      kernel,
      params: Object.fromEntries(params.map(([name]) => [name, 600])),
      constants: Object.fromEntries(Object.entries(constants).map(([name, values]) => [name, name === "X_HALF" ? 1 : values[0]])),
      inputs: bindings.slice(0, -1).map((constant) => ({ constant })),
      output: "y",
    };
    const all = RUNG_NAMES.filter((name) => gemmRungs[product][name]);
    expect(rungsOf(step, "float")).toEqual(all);
    // Slices know no groups along K.
    const grouped = { ...step, constants: { ...step.constants, GROUPED: 1 } };
    expect(rungsOf(grouped, "float")).toEqual(all.filter((name) => name !== "split4"));
    for (const rung of rungsOf(step, "float"))
      for (const placed of placeOnRung(step, rung, 2).steps) expect(() => checkStep(placed)).not.toThrow();
  }
});

test("every rung runs every case of the foot of its ladder", () => {
  const foot = { f32: "gemm-f32", f16: "gemm-f32", "codes-f32": "gemm-codes-f32", "codes-dot": "gemm-codes-dot" } as const;
  for (const [product, rungs] of Object.entries(gemmRungs) as [keyof typeof foot, (typeof gemmRungs)["f32"]][])
    for (const [name, { kernels: own, constants }] of Object.entries(rungs))
      for (const kernel of own) {
        const isOn = (each: KernelCase) => Object.entries(constants).every(([constant, value]) => each.constants[constant] === value);
        const found = kernelCases[kernel].filter(isOn).map((each) => each.name.replace(/, tile .*/, ""));
        // Slices know no groups along K.
        const wanted = kernelCases[foot[product]].filter((each) => name !== "split4" || each.constants["GROUPED"] !== 1);
        expect(found, `${product} ${name}`).toEqual(expect.arrayContaining(wanted.map((each) => each.name)));
      }
});

test("matrix units take x in f16 alone", () => {
  const halves = planWith({ byShape: { "f16 10x8x24": "matrix", "f16 8x48x8": "matrix" }, otherwise: "block8" }, "f16");
  // Pixels are f32.
  expect(stepOf(halves, "patch_embed.proj")).toMatchObject({ kernel: "gemm-f16", constants: { X_HALF: 0 } });
  const { kernel, constants } = stepOf(halves, "blocks.0.attn.qkv");
  expect([kernel, constants]).toEqual(["gemm-f16-matrix", { Y_HALF: 1, R_HALF: 1 }]);
});

test("choices by shape, the default for large shapes, the foot of the ladder for the rest", () => {
  const fc1 = stepOf(planWith(), "blocks.0.mlp.fc1");
  expect(shapeKey(fc1)).toBe("f32 10x8x512");
  const chosen = planWith({ byShape: { [shapeKey(fc1)]: "tile16x16" }, otherwise: "share33" });
  expect(stepOf(chosen, "blocks.0.mlp.fc1")).toMatchObject({ kernel: "gemm-f32-tiled", constants: { TILE_ROWS2: 8, TILE_COLUMNS4: 4 } });
  expect(stepOf(chosen, "blocks.0.mlp.fc2").kernel).toBe("gemm-f32");
  const large = { ...fc1, params: { ...fc1.params, rows: 1970, depth4: 48 } };
  const adapter = (isSoftware: boolean, ...features: readonly string[]) => ({
    isSoftware,
    device: { features: new Set(features) } as unknown as GPUDevice,
  });
  expect(defaultChoices(adapter(true, "subgroups")).otherwise).toBe("share33");
  for (const other of [adapter(true), adapter(false, "subgroups")]) expect(defaultChoices(other).otherwise).toBe("block8");
  expect(productOf(large)).toBe("f32");
});

test("a choice that the step cannot take leaves it at the foot", () => {
  const fc1 = stepOf(planWith(), "blocks.0.mlp.fc1");
  // K = 8 is too short for slices.
  expect(stepOf(planWith({ byShape: { [shapeKey(fc1)]: "split4" }, otherwise: "block8" }), "blocks.0.mlp.fc1").kernel).toBe("gemm-f32");
});

test("sums in slices differ from one chain in their last bits, and only float models may have them", async () => {
  const plan = planWith();
  const fc2 = stepOf(plan, "blocks.0.mlp.fc2");
  expect(rungsOf(fc2, "float")).toContain("split4");
  for (const mode of ["integer", "simulated"] as const) expect(rungsOf(fc2, mode)).not.toContain("split4");
  const sliced = planWith({ byShape: { [shapeKey(fc2)]: "split4" }, otherwise: "block8" });
  expect(sliced.steps).toHaveLength(plan.steps.length + 1);
  const pixels = randomPixels(2, 8, 3).data;
  const [whole, parts] = await Promise.all(
    [plan, sliced].map(async (each) => new Float32Array((await createCpuExecutor(each, true).run({ pixels }, false)).output.buffer)),
  );
  const largest = Math.max(...whole.map(Math.abs));
  whole.forEach((value, i) => expect(Math.abs(value - parts[i])).toBeLessThan(1e-5 * largest));
});
