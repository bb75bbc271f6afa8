/** A linear layer with K in four slices: sums of slices side by side, then their sum and the epilogue. */
import type { KernelName } from "../../gpu/kernels/index.ts";
import { kernels } from "../../gpu/kernels/index.ts";
import type { Constants, Kernel, Params } from "../../gpu/kernel.ts";
import { rowLayout, type Layout } from "../layout.ts";
import type { Operand, Step } from "../plan.ts";

export interface Placed {
  readonly steps: readonly Step[];
  /** A value that only these steps use. */
  readonly scratch?: { readonly name: string; readonly layout: Layout };
}

const SLICES = 4;
/** Quads of K that make whole words of weights at every width. */
const WORD_QUADS = 4;

export function sliceStep(step: Step, [first, second]: readonly KernelName[], images: number): Placed {
  const { rows, columns4, depth4 } = step.params;
  const slice4 = Math.ceil(depth4 / SLICES / WORD_QUADS) * WORD_QUADS;
  const slices = Math.ceil(depth4 / slice4);
  const operands = new Map<string, Operand>(kernels[step.kernel].bindings.slice(0, -1).map((binding, i) => [binding, step.inputs[i]]));
  const parts = `${step.output}~parts`;
  operands.set("parts", { value: parts });
  const half = (kernel: KernelName, name: string, output: string): Step => {
    const { params, constants, bindings }: Kernel = kernels[kernel];
    return {
      name,
      kernel,
      params: pick(
        { ...step.params, slice4, slices },
        params.map(([param]) => param),
      ),
      constants: pick(step.constants, Object.keys(constants)),
      inputs: bindings.slice(0, -1).map((binding) => {
        const operand = operands.get(binding);
        if (!operand) throw new Error(`internal: ${step.name}: ${step.kernel} has no ${binding} for ${kernel}`);
        return operand;
      }),
      output,
    };
  };
  return {
    steps: [half(first, `${step.name}~parts`, parts), half(second, step.name, step.output)],
    scratch: { name: parts, layout: rowLayout("f32", (slices * rows) / images, 4 * columns4) },
  };
}

/** The named entries of a record that it has. */
export function pick(record: Params | Constants, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.filter((name) => name in record).map((name) => [name, record[name]]));
}
