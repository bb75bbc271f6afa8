/** LayerNormalization and RMSNorm as the prologue of the linear layers that read them: a dispatch less for each. */
import type { Kernel } from "../gpu/kernel.ts";
import { kernels, type KernelName } from "../gpu/kernels/index.ts";
import type { Operand, Step } from "./plan.ts";

/** The kernel that normalizes x itself, and the constants that must be 0 for it. */
const forms: Readonly<Partial<Record<KernelName, { readonly kernel: KernelName; readonly without: readonly string[] }>>> = {
  "gemm-f32": { kernel: "gemm-norm-f32", without: [] },
  "gemm-codes-f32": { kernel: "gemm-norm-codes-f32", without: ["RESIDUAL", "LEVELS", "TOKENS", "GROUPED"] },
  "gemm-codes-dot": { kernel: "gemm-norm-codes-dot", without: ["RESIDUAL", "TOKENS"] },
};

const reads = (operand: Operand, name: string) => "value" in operand && operand.value === name;

/** Whether the step is a normalization that a prologue can be. */
export function isNorm({ kernel }: Step): boolean {
  return kernel === "layer-norm" || kernel === "rms-norm";
}

/** The steps without the normalizations that only linear layers read, and that are not in `kept`: each of these normalizes for itself, to the same words. */
export function fuseNorms(
  steps: readonly Step[],
  kept: ReadonlySet<string>,
): { readonly steps: readonly Step[]; readonly dropped: ReadonlySet<string> } {
  const dropped = new Map<string, Step>();
  for (const norm of steps.filter(isNorm)) {
    const readers = steps.filter(({ inputs }) => inputs.some((operand) => reads(operand, norm.output)));
    if (!kept.has(norm.output) && readers.length > 0 && readers.every((reader) => takes(reader, norm))) dropped.set(norm.output, norm);
  }
  const normOf = ({ inputs: [x] }: Step) => (x && "value" in x ? dropped.get(x.value) : undefined);
  const left = steps.filter(({ output }) => !dropped.has(output));
  return {
    steps: left.map((step) => {
      const norm = normOf(step);
      return norm ? withPrologue(step, norm) : step;
    }),
    dropped: new Set(dropped.keys()),
  };
}

/** Whether `reader` is a linear layer that reads the normalized rows as its x, and only so. */
function takes(reader: Step, norm: Step): boolean {
  const form = forms[reader.kernel];
  const [x, ...others] = reader.inputs;
  return (
    form !== undefined &&
    reads(x, norm.output) &&
    !others.some((o) => reads(o, norm.output)) &&
    form.without.every((name) => !reader.constants[name])
  );
}

function withPrologue(step: Step, norm: Step): Step {
  const form = forms[step.kernel];
  if (!form) throw new Error(`internal: ${step.name}: ${step.kernel} takes no prologue`);
  const { params, bindings, constants }: Kernel = kernels[form.kernel];
  const { columns, inverse_columns, epsilon, code_max } = norm.params;
  const numbers: Readonly<Record<string, number>> = { ...step.params, columns, inverse_columns, epsilon, norm_max: code_max };
  const variant: Readonly<Record<string, number>> = { ...step.constants, CENTRED: norm.kernel === "layer-norm" ? 1 : 0 };
  const [x, gain, shift] = norm.inputs;
  const operands = new Map<string, Operand>(kernels[step.kernel].bindings.slice(0, -1).map((binding, i) => [binding, step.inputs[i]]));
  for (const [binding, operand] of [
    ["x", x],
    ["gain", gain],
    ["shift", shift],
  ] as const)
    operands.set(binding, operand);
  return {
    ...step,
    kernel: form.kernel,
    params: Object.fromEntries(params.map(([name]) => [name, numbers[name]])),
    constants: Object.fromEntries(Object.keys(constants).map((name) => [name, variant[name]])),
    inputs: bindings.slice(0, -1).map((binding) => {
      const operand = operands.get(binding);
      if (!operand) throw new Error(`internal: ${step.name}: ${step.kernel} has no ${binding}`);
      return operand;
    }),
  };
}
