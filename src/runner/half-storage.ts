/** A float plan with its values and weights stored in f16: half the bytes, all arithmetic in f32. */
import type { KernelName } from "../gpu/kernels/index.ts";
import { kernels } from "../gpu/kernels/index.ts";
import type { Kernel } from "../gpu/kernel.ts";
import { InputError } from "../tensor/input-error.ts";
import { LARGEST_HALF, packHalves } from "../tensor/half.ts";
import type { ConstantArray, Copy, Operand, Step } from "./plan.ts";

/** The kernel that does the same with operands in f16. */
interface HalfForm {
  readonly kernel: KernelName;
  /** Bindings that may be either, and the constant that says which. */
  readonly flags: Readonly<Record<string, string>>;
  /** Bindings that must be f16. */
  readonly required: readonly string[];
}

const gemm = { flags: { x: "X_HALF", y: "Y_HALF", residual: "R_HALF" }, required: ["weight"] };
const norm = { flags: { y: "Y_HALF" }, required: ["x"] };
const attention = { flags: {} };

const forms: Readonly<Partial<Record<KernelName, HalfForm>>> = {
  "gemm-f32": { kernel: "gemm-f16", ...gemm },
  "layer-norm": { kernel: "layer-norm-f16", ...norm },
  "rms-norm": { kernel: "rms-norm-f16", ...norm },
  "attention-rows-f32": { kernel: "attention-rows-f16", ...attention, required: ["qkv", "y"] },
  "attention-share-f32": { kernel: "attention-share-f16", ...attention, required: ["qkv", "y"] },
  "attention-tile-f32": { kernel: "attention-tile-f16", ...attention, required: ["qkv", "y"] },
  "attention-scores-f32": { kernel: "attention-scores-f16", ...attention, required: ["qkv"] },
  "attention-output-f32": { kernel: "attention-output-f16", ...attention, required: ["qkv", "y"] },
};

export interface HalfStorage {
  readonly steps: readonly Step[];
  readonly copies: readonly Copy[];
  /** Names of the values that are stored in f16. */
  readonly values: ReadonlySet<string>;
  /** Constants that are packed, by the name under which the steps read them, with their name before. */
  readonly packed: ReadonlyMap<string, string>;
}

const packedName = (constant: string) => `${constant}~f16`;

/**
 * Everything that only kernels with a form on f16 write and read goes into f16; what others touch (pooling, logits, `kept`) stays f32. Weights of every linear layer are f16. `steps`: at the foot of their ladders. `floats`: the names of the plan's values.
 */
export function storeInHalves(
  steps: readonly Step[],
  copies: readonly Copy[],
  floats: Iterable<string>,
  kept: ReadonlySet<string>,
): HalfStorage {
  const halves = new Set([...floats].filter((name) => !kept.has(name)));
  const isHalf = (operand: Operand) => !("value" in operand) || halves.has(operand.value);
  let size: number;
  do {
    size = halves.size;
    for (const step of steps) for (const name of keptByStep(step, isHalf)) halves.delete(name);
  } while (halves.size < size);

  const packed = new Map<string, string>();
  const pack = <Constant extends { readonly constant: string }>(holder: Constant): Constant => {
    packed.set(packedName(holder.constant), holder.constant);
    return { ...holder, constant: packedName(holder.constant) };
  };
  return {
    steps: steps.map((step) => onHalves(step, isHalf, pack)),
    copies: copies.map((copy) =>
      halves.has(copy.value) ? { ...pack(copy), sizeBytes: copy.sizeBytes / 2, strideBytes: copy.strideBytes / 2 } : copy,
    ),
    values: halves,
    packed,
  };
}

/** The step's operands and its output, by binding. */
function operandsOf({ kernel, inputs, output }: Step): readonly (readonly [binding: string, operand: Operand])[] {
  return kernels[kernel].bindings.map((binding, i) => [binding, i < inputs.length ? inputs[i] : { value: output }]);
}

/** The form of a step whose required operands are all f16. */
function formOf(step: Step, isHalf: (operand: Operand) => boolean): HalfForm | null {
  const form = forms[step.kernel];
  if (!form || step.constants.QUANTIZE) return null;
  return operandsOf(step).every(([binding, operand]) => !form.required.includes(binding) || isHalf(operand)) ? form : null;
}

/** Values that the step keeps in f32: all that it touches where it has no form, else those of bindings that know no f16. */
function keptByStep(step: Step, isHalf: (operand: Operand) => boolean): readonly string[] {
  const form = formOf(step, isHalf);
  const able = form ? [...Object.keys(form.flags), ...form.required] : [];
  return operandsOf(step).flatMap(([binding, operand]) => ("value" in operand && !able.includes(binding) ? [operand.value] : []));
}

function onHalves(
  step: Step,
  isHalf: (operand: Operand) => boolean,
  pack: <C extends { readonly constant: string }>(holder: C) => C,
): Step {
  const form = formOf(step, isHalf);
  if (!form) return step;
  const { params, constants }: Kernel = kernels[form.kernel];
  const flags = operandsOf(step).flatMap(([binding, operand]) =>
    binding in form.flags ? [[form.flags[binding], isHalf(operand) ? 1 : 0] as const] : [],
  );
  const inputs = operandsOf(step)
    .slice(0, -1)
    .map(([binding, operand]) => {
      const able = binding in form.flags || form.required.includes(binding);
      return able && "constant" in operand ? pack(operand) : operand;
    });
  const all = { ...step.constants, ...Object.fromEntries(flags) };
  return {
    ...step,
    kernel: form.kernel,
    params: Object.fromEntries(params.map(([name]) => [name, step.params[name]])),
    constants: Object.fromEntries(Object.keys(constants).map((name) => [name, all[name]])),
    inputs,
  };
}

/** A constant as f16. Throws InputError HALF_RANGE where f16 cannot hold it. */
export function packConstant(name: string, array: ConstantArray): ConstantArray {
  const floats = Float32Array.from(array);
  const largest = floats.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest <= LARGEST_HALF) return packHalves(floats);
  throw new InputError("HALF_RANGE", {
    what: `"${name}" holds ${largest}, and f16 no number beyond ${LARGEST_HALF}.`,
    why: "In precision f16 every weight is stored as a 16-bit float.",
    next: "Run the model in f32.",
  });
}
