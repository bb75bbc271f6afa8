import type { Constants, Params } from "../gpu/kernel.ts";
import type { KernelName } from "../gpu/kernels/index.ts";
import type { Layout } from "./layout.ts";

export type ConstantArray = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** What a step reads or writes: a value of the plan, or a constant by name. */
export type Operand = { readonly value: string } | { readonly constant: string };

/** One dispatch. Operands follow the kernel's bindings; the last is the value written. */
export interface Step {
  /** The graph node (or part of it) that this computes. */
  readonly name: string;
  readonly kernel: KernelName;
  readonly params: Params;
  readonly constants: Constants;
  readonly inputs: readonly Operand[];
  readonly output: string;
}

/** Bytes of a constant that lie in a value before the first step: `count` times, `strideBytes` apart. */
export interface Copy {
  readonly constant: string;
  readonly value: string;
  readonly sizeBytes: number;
  readonly strideBytes: number;
  readonly count: number;
}

/**
 * How the codes of a value become numbers: by a table, or (code - zeroPoint) * scale, where entries cover equal runs of columns, row by row of an image:
 * `rows` is 1 where all rows share theirs.
 */
export type Decoding =
  | { readonly kind: "uniform"; readonly rows: number; readonly scale: readonly number[]; readonly zeroPoint: readonly number[] }
  | { readonly kind: "table"; readonly levels: Float32Array<ArrayBuffer> }
  | { readonly kind: "demax" };

export interface PlanValue {
  readonly layout: Layout;
  /** Present on codes. */
  readonly decoding?: Decoding;
  readonly sizeBytes: number;
  /** Index into `slots`. */
  readonly slot: number;
  /** Steps between which the value lives: written by firstStep (-1: the input, or constant rows), last read by lastStep. */
  readonly firstStep: number;
  readonly lastStep: number;
}

export type PlanMode = "float" | "simulated" | "integer";
/** How a float model stores its weights and activations; either way it computes in f32. */
export type FloatPrecision = "f32" | "f16";
/** How integer products are executed; both give the same integers. */
export type IntegerExecution = "f32" | "dot";
/**
 * How softmax(q k^T) v is computed: in three dispatches; in one without barriers ("rows": 8 queries per invocation, everything in its private memory;
 * "share": of them four invocations each, which share what they load, by subgroup operations); or in one for GPUs ("tile": 16 queries per workgroup, their scores in workgroup memory). The integers are the same.
 */
export type AttentionForm = "unfused" | "rows" | "share" | "tile";

/** A model made ready to run at one batch size: pure data, decided without a GPU. */
export interface Plan {
  readonly name: string;
  readonly mode: PlanMode;
  readonly images: number;
  readonly copies: readonly Copy[];
  readonly steps: readonly Step[];
  readonly values: Readonly<Record<string, PlanValue>>;
  /** Bytes of each buffer of the activation arena. */
  readonly slots: readonly number[];
  /** Weights and tables by name; shared between plans of one session. */
  readonly constants: ReadonlyMap<string, ConstantArray>;
  /** Values to be fed before a run. */
  readonly inputs: readonly string[];
  readonly output: string;
  /** Values that can be read back after a run because nothing overwrites them. */
  readonly taps: readonly string[];
}

/** Bytes of the activation arena. */
export function arenaBytes(plan: Plan): number {
  return plan.slots.reduce((sum, size) => sum + size, 0);
}

export function constantBytes(plan: Plan): number {
  let sum = 0;
  for (const array of plan.constants.values()) sum += array.byteLength;
  return sum;
}

/** The plan as text: one line per step and per slot. */
export function printPlan(plan: Plan): string {
  const shape = ({ layout }: PlanValue) =>
    `${layout.kind}[${plan.images * layout.rows},${layout.sections * layout.heads * layout.headDim}]`;
  const steps = plan.steps.map((step, index) => {
    const reads = step.inputs.map((operand) => ("value" in operand ? operand.value : `#${operand.constant}`));
    const value = plan.values[step.output];
    return `${String(index).padStart(3)} ${step.kernel.padEnd(26)} ${step.output} ${shape(value)} slot ${value.slot} <- ${reads.join(", ")}`;
  });
  const slots = plan.slots.map((sizeBytes, slot) => {
    const holds = Object.entries(plan.values)
      .filter(([, value]) => value.slot === slot)
      .map(([name, value]) => `${name}@${value.firstStep}..${value.lastStep}`);
    return `slot ${slot}: ${sizeBytes} bytes: ${holds.join(" ")}`;
  });
  const head = `${plan.name} ${plan.mode}, ${plan.images} images, ${plan.steps.length} dispatches, arena ${arenaBytes(plan)} bytes, constants ${constantBytes(plan)} bytes`;
  return [head, ...steps, ...slots].join("\n");
}
