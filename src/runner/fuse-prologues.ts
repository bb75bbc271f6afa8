/** Normalizations and patchify as prologues of the linear layers that read them: a dispatch less for each. */
import type { Kernel } from "../gpu/kernel.ts";
import { kernels, type KernelName } from "../gpu/kernels/index.ts";
import type { Operand, Step } from "./plan.ts";

type Numbers = Readonly<Record<string, number>>;

/** What runs before the layer, and the layers that can run it themselves. */
interface Prologue {
  /** The kernel that does both, and the constants and parameters that must be 0 for it. */
  readonly layers: Readonly<Partial<Record<KernelName, { readonly kernel: KernelName; readonly without: readonly string[] }>>>;
  /** Its parameters under the names that the joint kernel has for them, and the joint kernel's constants beyond the layer's. */
  readonly params: (own: Numbers) => Numbers;
  readonly constants: Numbers;
}

const norm = (centred: 0 | 1): Prologue => ({
  layers: {
    "gemm-f32": { kernel: "gemm-norm-f32", without: [] },
    "gemm-codes-f32": { kernel: "gemm-norm-codes-f32", without: ["has_residual", "LEVELS", "TOKENS", "GROUPED"] },
    "gemm-codes-dot": { kernel: "gemm-norm-codes-dot", without: ["has_residual", "TOKENS"] },
  },
  params: ({ columns, inverse_columns, epsilon, code_max }) => ({ columns, inverse_columns, epsilon, norm_max: code_max }),
  constants: { CENTRED: centred },
});

const prologues: Readonly<Partial<Record<KernelName, Prologue>>> = {
  "layer-norm": norm(1),
  "rms-norm": norm(0),
  patchify: {
    layers: {
      "gemm-f32": { kernel: "gemm-patches-f32", without: [] },
      "gemm-codes-f32": { kernel: "gemm-patches-codes-f32", without: ["LEVELS", "TOKENS", "GROUPED"] },
      "gemm-codes-dot": { kernel: "gemm-patches-codes-dot", without: ["TOKENS"] },
    },
    params: ({ columns, ...own }) => ({ ...own, patch_columns: columns }),
    constants: {},
  },
};

const reads = (operand: Operand | undefined, name: string) => operand !== undefined && "value" in operand && operand.value === name;

/** Whether the step's x is what a prologue would compute: to be joined, it stays at the foot of the ladder, where the joint kernels are. */
export function followsPrologue({ inputs: [x] }: Step, steps: readonly Step[]): boolean {
  return steps.some(({ kernel, output }) => prologues[kernel] !== undefined && reads(x, output));
}

/** The step that this linear layer could run itself, and both as one; null where there is none. */
export function prologueOf(layer: Step, steps: readonly Step[]): { readonly first: Step; readonly both: Step } | null {
  const first = steps.find(({ output }) => reads(layer.inputs[0], output));
  return first && takes(layer, first) ? { first, both: joined(layer, first) } : null;
}

/** The steps without those that only linear layers in `joinable` read and can run themselves, to the same words, and that are not in `kept`. */
export function fusePrologues(
  steps: readonly Step[],
  joinable: ReadonlySet<Step>,
  kept: ReadonlySet<string>,
): { readonly steps: readonly Step[]; readonly dropped: ReadonlySet<string> } {
  const dropped = new Map<string, Step>();
  for (const first of steps) {
    if (!prologues[first.kernel] || kept.has(first.output)) continue;
    const readers = steps.filter(({ inputs }) => inputs.some((operand) => reads(operand, first.output)));
    if (readers.length > 0 && readers.every((reader) => joinable.has(reader) && takes(reader, first))) dropped.set(first.output, first);
  }
  const firstOf = ({ inputs: [x] }: Step) => (x && "value" in x ? dropped.get(x.value) : undefined);
  return {
    steps: steps
      .filter(({ output }) => !dropped.has(output))
      .map((step) => {
        const first = firstOf(step);
        return first ? joined(step, first) : step;
      }),
    dropped: new Set(dropped.keys()),
  };
}

/** Whether `reader` is a linear layer that reads all rows of `first` as its x, and only so. */
function takes(reader: Step, first: Step): boolean {
  const form = prologues[first.kernel]?.layers[reader.kernel];
  const [x, ...others] = reader.inputs;
  return (
    form !== undefined &&
    reads(x, first.output) &&
    !others.some((operand) => reads(operand, first.output)) &&
    form.without.every((name) => !(reader.constants[name] ?? reader.params[name]))
  );
}

function joined(step: Step, first: Step): Step {
  const prologue = prologues[first.kernel];
  const form = prologue?.layers[step.kernel];
  if (!prologue || !form) throw new Error(`internal: ${step.name}: ${step.kernel} takes no ${first.kernel}`);
  const { params, bindings, constants }: Kernel = kernels[form.kernel];
  const numbers: Numbers = { ...prologue.params(first.params), ...step.params };
  const variant: Numbers = { ...step.constants, ...prologue.constants };
  const operands = new Map<string, Operand>();
  for (const { kernel, inputs } of [step, first])
    kernels[kernel].bindings.slice(0, -1).forEach((binding, i) => operands.set(binding, inputs[i]));
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
