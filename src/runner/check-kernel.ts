import type { KernelCase } from "../gpu/cases/kernel-case.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Kernel } from "../gpu/kernel.ts";
import { kernels, type KernelName } from "../gpu/kernels/index.ts";
import { GUARD_WORDS, runKernel, SENTINEL, strayWrite, type KernelInput } from "../gpu/run-kernel.ts";
import { arithmetic } from "../reference/exact-math.ts";
import { kernelTolerances, kernelTwins } from "./kernel-twins.ts";

export interface CheckResult {
  readonly ok: boolean;
  /** What was compared, or the first difference. */
  readonly detail: string;
}

type Words = Uint32Array<ArrayBuffer>;

/** Smallest normal f32. */
const TINY = 2 ** -126;

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
  const compare = wordComparison(name, { ...constants, QUANTIZE: params.quantize ?? constants.QUANTIZE }, expected);
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

interface WordComparison {
  readonly rule: string;
  same(word: number, at: number): boolean;
  show(word: number): string;
}

function wordComparison(name: KernelName, constants: KernelCase["constants"], expected: Words): WordComparison {
  const writesCodes = constants.QUANTIZE === 1 || constants.DECODE === 0 || name === "quantize";
  const tolerance = kernelTolerances[name];
  if (!tolerance) {
    // Adapters may flush subnormal floats to zero; in packed codes every bit counts.
    const same = (word: number, at: number) => word === expected[at] || (!writesCodes && isTiny(word) && isTiny(expected[at]));
    return { rule: "equal bit for bit", same, show: writesCodes ? showHex : showFloat };
  }
  const values = new Float32Array(expected.buffer);
  let largest = 0;
  for (let at = 0; at < values.length; at++) if (expected[at] !== SENTINEL) largest = Math.max(largest, Math.abs(values[at]));
  const bound = tolerance.relative * largest;
  return {
    rule: `within ${tolerance.relative} of the largest`,
    show: showFloat,
    same: (word, at) => (expected[at] === SENTINEL ? word === SENTINEL : Math.abs(floatOf(word) - values[at]) <= bound),
  };
}

const asWords = (input: KernelInput): Words => new Uint32Array(input.buffer, input.byteOffset, input.length);

const view = new DataView(new ArrayBuffer(4));
const floatOf = (word: number) => (view.setUint32(0, word), view.getFloat32(0));
const isTiny = (word: number) => Math.abs(floatOf(word)) < TINY;

const showHex = (word: number) => (word === SENTINEL ? "untouched" : `0x${word.toString(16).padStart(8, "0")}`);
const showFloat = (word: number) => (word === SENTINEL ? "untouched" : `${floatOf(word)} (${showHex(word)})`);
