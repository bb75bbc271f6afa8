/** What a step must do, whatever kernel does it: counted, not measured. */
import type { Operand, Step } from "../plan.ts";

export interface StepWork {
  /** Operations of f32 multiply-adds, two each. */
  readonly fma: number;
  /** Operations of packed integer dot products, eight for each of four codes. */
  readonly packedDot: number;
  readonly exp2: number;
  /** Bytes of everything read and written once: what no cache can save. */
  readonly bytes: number;
}

/** Scores, softmax and A V in one kernel. */
const isWholeAttention = (kernel: string) => /^attention-(rows|share|tile)-/.test(kernel);

/** Multiply-adds of the step, as stored: columns padded to whole quads count, since they are computed. */
function multiplyAdds({ kernel, params: p }: Step): number {
  // A sum of slices multiplies nothing; slices together do what the whole layer does.
  if (kernel.endsWith("-combine")) return 0;
  if (kernel.startsWith("gemm-")) return 16 * p.rows * p.columns4 * p.depth4;
  const products = isWholeAttention(kernel) ? 2 : /^attention-(scores|output)-/.test(kernel) ? 1 : 0;
  return products === 0 ? 0 : products * 4 * p.images * p.heads * p.tokens ** 2 * p.head4;
}

/** Exponentials: one per score of a softmax, one per output of a GELU. */
function exponentials({ kernel, params: p }: Step): number {
  if (kernel.startsWith("softmax")) return p.rows * p.columns;
  if (kernel.startsWith("gemm-")) return p.gelu ? 4 * p.rows * p.columns4 : 0;
  return isWholeAttention(kernel) ? p.images * p.heads * p.tokens ** 2 : 0;
}

/** How much of the products is packed dots. The tile of codes has q k^T from them and A V from floats: half. */
function packedShare(kernel: string): number {
  if (kernel === "attention-tile-codes") return 0.5;
  return /-dot(-|$)/.test(kernel) ? 1 : 0;
}

/** `bytesOf`: the size of an operand as it is bound. */
export function stepWork(step: Step, bytesOf: (operand: Operand) => number): StepWork {
  const operations = 2 * multiplyAdds(step);
  const dots = operations * packedShare(step.kernel);
  const seen = new Set<string>();
  let bytes = 0;
  for (const operand of [...step.inputs, { value: step.output }]) {
    const name = "value" in operand ? `value ${operand.value}` : `constant ${operand.constant}`;
    if (!seen.has(name)) bytes += bytesOf(operand);
    seen.add(name);
  }
  return { fma: operations - dots, packedDot: dots, exp2: exponentials(step), bytes };
}
