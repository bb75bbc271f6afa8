import type { KernelCase } from "../gpu/cases/kernel-case.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Kernel } from "../gpu/kernel.ts";
import { kernels, type KernelName } from "../gpu/kernels/index.ts";
import { GUARD_WORDS, runKernel, SENTINEL, strayWrite, type KernelInput } from "../gpu/run-kernel.ts";
import { arithmetic } from "../reference/exact-math.ts";
import { kernelTwins } from "./kernel-twins.ts";
import { wordComparison } from "./word-comparison.ts";

export interface CheckResult {
  readonly ok: boolean;
  /** What was compared, or the first difference. */
  readonly detail: string;
}

type Words = Uint32Array<ArrayBuffer>;

/**
 * Run one case and compare every word of the output binding with the CPU twin: bit for bit, except for kernels in kernelTolerances.
 * Two runs, because each sees what the other cannot: in a binding of exactly the output's size a stray store may be clamped onto a valid
 * word (a wrong value), in a longer one it lands behind the output. Words that the twin leaves alone must be left alone.
 * `fused`: how the adapter rounds fma. `kernel`: the implementation under test, where it is not the registered one.
 */
export async function checkKernel(
  gpu: Gpu,
  name: KernelName,
  { params, constants, inputs, outputWords }: KernelCase,
  fused: boolean,
  kernel: Kernel = kernels[name],
): Promise<CheckResult> {
  const arrays = inputs();
  const expected: Words = new Uint32Array(outputWords).fill(SENTINEL);
  kernelTwins[name](params, constants, arrays.map(asWords), expected, arithmetic(fused));
  const compare = wordComparison(name, params, constants, expected);
  for (const guard of [false, true]) {
    const actual = await runKernel(gpu, kernel, params, constants, arrays, outputWords, guard);
    const stray = strayWrite(actual, outputWords);
    if (stray >= 0) return { ok: false, detail: `stray write ${stray - outputWords} words behind the output` };
    const wrong = actual.subarray(0, outputWords).findIndex((word, at) => !compare.same(word, at));
    if (wrong >= 0) {
      const where = guard ? `with ${GUARD_WORDS} guard words` : "in an exact-size binding";
      return {
        ok: false,
        detail: `word ${wrong} of ${outputWords} ${where}: ${compare.show(actual[wrong])}, expected ${compare.show(expected[wrong])}`,
      };
    }
  }
  return { ok: true, detail: `${outputWords} words ${compare.rule}` };
}

const asWords = (input: KernelInput): Words => new Uint32Array(input.buffer, input.byteOffset, input.length);
