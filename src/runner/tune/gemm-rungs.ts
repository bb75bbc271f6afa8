/** The ladder of the linear layers: kernels that take the same packed weights, of which each adapter runs another fastest. */
import type { Gpu } from "../../gpu/device.ts";
import type { Constants } from "../../gpu/kernel.ts";
import { kernels, type KernelName } from "../../gpu/kernels/index.ts";
import type { PlanMode, Step } from "../plan.ts";
import { pick, sliceStep, type Placed } from "./slice-step.ts";

/** What is multiplied with what: each has a packing of its own. */
export type GemmProduct = "f32" | "f16" | "codes-f32" | "codes-dot";

/**
 * block: registers alone. share: large blocks in registers, x shared by four lanes. tile: workgroup memory, rows x columns of a workgroup. subgroup: x broadcast.
 * matrix: the adapter's matrix units. split4: K in four slices, two dispatches.
 */
export const RUNG_NAMES = ["block8", "share33", "tile16x16", "tile16x32", "tile32x32", "subgroup", "matrix", "split4"] as const;
export type RungName = (typeof RUNG_NAMES)[number];

/** The kernels of a rung in the order of their dispatch. */
export interface Rung {
  readonly kernels: readonly KernelName[];
  /** Constants beyond those of the product. */
  readonly constants: Constants;
  /** Constants that a step must have. */
  readonly needs?: Constants;
  /** The sum is not one chain along K: floats differ in their last bits, integers do not. */
  readonly reordersFloats?: true;
}

const tile = (kernel: KernelName, rows: number, columns: number): Rung => ({
  kernels: [kernel],
  constants: { TILE_ROWS2: rows / 2, TILE_COLUMNS4: columns / 4 },
});
const plain = (kernel: KernelName): Rung => ({ kernels: [kernel], constants: {} });

/** A product without the rung has no kernel for it. */
export const gemmRungs: Readonly<Record<GemmProduct, Readonly<Partial<Record<RungName, Rung>>>>> = {
  f32: {
    block8: plain("gemm-f32"),
    share33: plain("gemm-f32-share33"),
    tile16x16: tile("gemm-f32-tiled", 16, 16),
    tile16x32: tile("gemm-f32-tiled", 16, 32),
    tile32x32: tile("gemm-f32-tiled", 32, 32),
    subgroup: plain("gemm-f32-subgroup"),
    split4: { kernels: ["gemm-f32-partial", "gemm-f32-combine"], constants: {}, reordersFloats: true },
  },
  f16: {
    block8: plain("gemm-f16"),
    share33: plain("gemm-f16-share33"),
    tile16x16: tile("gemm-f16-tiled", 16, 16),
    tile16x32: tile("gemm-f16-tiled", 16, 32),
    tile32x32: tile("gemm-f16-tiled", 32, 32),
    subgroup: plain("gemm-f16-subgroup"),
    matrix: { ...plain("gemm-f16-matrix"), needs: { X_HALF: 1 }, reordersFloats: true },
    split4: { kernels: ["gemm-f16-partial", "gemm-f16-combine"], constants: {}, reordersFloats: true },
  },
  "codes-f32": {
    block8: plain("gemm-codes-f32"),
    share33: plain("gemm-codes-f32-share33"),
    tile16x16: tile("gemm-codes-f32-tiled", 16, 16),
    tile16x32: tile("gemm-codes-f32-tiled", 16, 32),
    tile32x32: tile("gemm-codes-f32-tiled", 32, 32),
    subgroup: plain("gemm-codes-f32-subgroup"),
    split4: { kernels: ["gemm-codes-f32-partial", "gemm-codes-combine"], constants: {} },
  },
  "codes-dot": {
    block8: plain("gemm-codes-dot"),
    tile16x16: tile("gemm-codes-dot-tiled", 16, 16),
    tile16x32: tile("gemm-codes-dot-tiled", 16, 32),
    tile32x32: tile("gemm-codes-dot-tiled", 32, 32),
    subgroup: plain("gemm-codes-dot-subgroup"),
    split4: { kernels: ["gemm-codes-dot-partial", "gemm-codes-combine"], constants: {} },
  },
};

const products: Readonly<Partial<Record<KernelName, GemmProduct>>> = {
  "gemm-f32": "f32",
  "gemm-f16": "f16",
  "gemm-codes-f32": "codes-f32",
  "gemm-codes-dot": "codes-dot",
};

/** Which rung runs which shape on an adapter: plain data, so that a plan made from it stays pure. */
export interface GemmChoices {
  /** By `shapeKey()`. */
  readonly byShape: Readonly<Record<string, RungName>>;
  /** For large shapes that were not measured. */
  readonly otherwise: RungName;
  /** Shapes whose layers run the normalization before them themselves, on the foot of the ladder. */
  readonly prologues?: readonly string[] | undefined;
}

/** Multiply-adds from which a layer that was not measured leaves the foot of the ladder: smaller ones cost less than compiling a second kernel. */
const LARGE_PRODUCT = 2 ** 22;
/** K from which four slices are worth a second dispatch, in quads; slices are whole words of the weights. */
const SLICED_DEPTH4 = 128;

/** The product of a step as it is lowered (at the foot of the ladder); null for every other step. */
export function productOf({ kernel }: Step): GemmProduct | null {
  return products[kernel] ?? null;
}

/** What decides which rung is fastest: "codes-f32 197x192x768 w4" is rows x K x columns. */
export function shapeKey(step: Step): string {
  const { rows, depth4, columns4 } = step.params;
  const container = step.constants.CONTAINER ? ` w${step.constants.CONTAINER}` : "";
  const form = step.constants.GROUPED ? " grouped" : "";
  return `${productOf(step) ?? step.kernel} ${rows}x${4 * depth4}x${4 * columns4}${container}${form}`;
}

/** The rungs that may run the step: those that the product has, and whose order of sums `mode` allows (floats that decide codes keep theirs). */
export function rungsOf(step: Step, mode: PlanMode): readonly RungName[] {
  const product = productOf(step);
  if (product === null) return [];
  return RUNG_NAMES.filter((name) => {
    const rung = gemmRungs[product][name];
    if (rung === undefined || (rung.reordersFloats && mode !== "float")) return false;
    if (Object.entries(rung.needs ?? {}).some(([constant, value]) => step.constants[constant] !== value)) return false;
    // Groups along K have columns of their own, which a slice does not know.
    return rung.kernels.length === 1 || (step.params.depth4 >= SLICED_DEPTH4 && !step.constants.GROUPED);
  });
}

/** The step as its rung runs it. */
export function placeOnRung(step: Step, name: RungName, images: number): Placed {
  const product = productOf(step);
  const rung = product === null ? undefined : gemmRungs[product][name];
  if (rung === undefined) throw new Error(`internal: ${step.name}: ${step.kernel} has no rung ${name}`);
  if (rung.kernels.length > 1) return sliceStep(step, rung.kernels, images);
  const [kernel] = rung.kernels;
  const constants = pick({ ...step.constants, ...rung.constants }, Object.keys(kernels[kernel].constants));
  return { steps: [{ ...step, kernel, constants }] };
}

/** The step on the rung chosen for its shape; what is no linear layer, or has no choice that may run it, stays as it is. */
export function placeChosen(step: Step, choices: GemmChoices | undefined, mode: PlanMode, images: number): Placed {
  const possible = choices ? rungsOf(step, mode) : [];
  const { rows, columns4, depth4 } = step.params;
  const isLarge = 16 * rows * columns4 * depth4 >= LARGE_PRODUCT;
  const wanted = choices?.byShape[shapeKey(step)] ?? (isLarge ? choices?.otherwise : "block8");
  return wanted !== undefined && possible.includes(wanted) ? placeOnRung(step, wanted, images) : { steps: [step] };
}

/** Before anything is measured: on a software adapter large blocks that share their loads, since loads cost it more than products. */
export function defaultChoices({ isSoftware, device }: Pick<Gpu, "isSoftware" | "device">): GemmChoices {
  return { byShape: {}, otherwise: isSoftware && device.features.has("subgroups") ? "share33" : "block8" };
}
