import type { Constants } from "../../gpu/kernel.ts";
import type { ProfileStep } from "../../runner/profile/profile.ts";
import type { ProfileReport } from "../../runner/profile/profile-report.ts";
import { hiddenText } from "../format.ts";
import type { AdapterTuning } from "../../runner/tune/adapter-tuning.ts";
import type { PrologueTiming } from "../../runner/tune/tune-gemm.ts";

/** A step beside the one that computed the same value in the saved run. */
export interface StepRow {
  readonly step: ProfileStep;
  readonly saved: ProfileStep | null;
  /** Relative change of the time, -0.5 for half; null where there is none to compare with. */
  readonly change: number | null;
}

export interface ProfileComparison {
  readonly rows: readonly StepRow[];
  /** Steps of the saved run that this one does not have. */
  readonly gone: readonly ProfileStep[];
  /** Steps that another kernel, or another variant of it, ran in the saved run. */
  readonly otherKernels: number;
  /** Of the median warm forward. */
  readonly warmChange: number | null;
  /** Why times are not compared, or what to mind; empty where both are runs of the same thing. */
  readonly notes: readonly string[];
}

/** Steps are matched by the value they compute, so that another kernel, or one dispatch less, is seen as such. */
export function compareProfiles(current: ProfileReport, saved: ProfileReport | null): ProfileComparison {
  const notes = saved === null ? [] : mismatches(current, saved);
  const isTimed =
    saved !== null && !current.isSoftware && !saved.isSoftware && !isHidden(current) && !isHidden(saved) && isSameWork(current, saved);
  const before = new Map(saved?.steps.map((step) => [step.name, step]));
  const rows = current.steps.map((step): StepRow => {
    const twin = before.get(step.name) ?? null;
    before.delete(step.name);
    return { step, saved: twin, change: isTimed && twin ? relative(step.elapsedMs, twin.elapsedMs) : null };
  });
  return {
    rows,
    gone: [...before.values()],
    otherKernels: rows.filter(({ step, saved: twin }) => twin !== null && variantName(step) !== variantName(twin)).length,
    warmChange: isTimed ? relative(current.warm.medianMs, saved.warm.medianMs) : null,
    notes,
  };
}

function isHidden({ hiddenMs = 0 }: ProfileReport): boolean {
  return hiddenMs > 0;
}

function isSameWork(a: ProfileReport, b: ProfileReport): boolean {
  return workName(a) === workName(b);
}

function mismatches(current: ProfileReport, saved: ProfileReport): string[] {
  const notes: string[] = [];
  if (current.isSoftware || saved.isSoftware)
    notes.push("Times are not compared: at least one of the runs is a software adapter's, whose times say nothing about a GPU.");
  if (isHidden(current) || isHidden(saved))
    notes.push(
      `Times are not compared: in ${isHidden(current) ? "this" : "the saved"} run ${hiddenText((isHidden(current) ? current : saved).hiddenMs ?? 0)}.`,
    );
  if (!isSameWork(current, saved))
    notes.push(`The saved run is other work: ${workName(saved)}. Its times are not compared; kernels and counts are.`);
  else if (JSON.stringify(machineOf(current)) !== JSON.stringify(machineOf(saved)))
    notes.push("The saved run is of another adapter or browser: what differs may be the machine.");
  return notes;
}

export function workName({ model, mode, precision, images }: ProfileReport): string {
  const float = precision === "f16" ? "float stored in 16 bits" : "float";
  return `${model}, ${mode === "float" ? float : mode === "integer" ? "integers" : "simulated"}, ${images} ${images === 1 ? "image" : "images"}`;
}

function machineOf({ env }: ProfileReport): readonly string[] {
  const { vendor, architecture, device, description } = env.adapter;
  return [vendor, architecture, device, description, env.runtime];
}

function relative(now: number, before: number): number | null {
  return before > 0 ? now / before - 1 : null;
}

/** "gemm-f32-tiled, tile rows2 8, tile columns4 4": the kernel and those of its constants that are not 0. */
export function variantName({ kernel, variant }: { readonly kernel: string; readonly variant: Constants }): string {
  const set = Object.entries(variant).filter(([, value]) => value !== 0);
  return [kernel, ...set.map(([name, value]) => `${name.toLowerCase().replaceAll("_", " ")} ${value}`)].join(", ");
}

/** A shape of linear layer and what runs it. */
export interface TunedShape {
  readonly shape: string;
  readonly rung: string;
  readonly elapsedMs: number;
  /** How many times faster than what would run without measuring; null where that was not tried. */
  readonly speedup: number | null;
  /** The normalization before the layer, as part of it or as a dispatch of its own; null where none stands before it, or it was not tried. */
  readonly norm: (PrologueTiming & { readonly isJoint: boolean }) | null;
  /** Everything that was tried, fastest first. */
  readonly tried: readonly { readonly rung: string; readonly elapsedMs: number }[];
}

export function tunedShapes({ gemm }: AdapterTuning): readonly TunedShape[] {
  return Object.entries(gemm.choices.byShape).map(([shape, rung]) => {
    const tried = gemm.timings.filter((one) => one.shape === shape).toSorted((a, b) => a.elapsedMs - b.elapsedMs);
    const elapsedMs = tried.find((one) => one.rung === rung)?.elapsedMs ?? NaN;
    const usual = tried.find((one) => one.rung === gemm.choices.otherwise)?.elapsedMs;
    const prologue = gemm.prologues.find((one) => one.shape === shape);
    const norm = prologue ? { ...prologue, isJoint: gemm.choices.prologues?.includes(shape) ?? false } : null;
    return { shape, rung, elapsedMs, speedup: usual === undefined || !(elapsedMs > 0) ? null : usual / elapsedMs, norm, tried };
  });
}
