import { expect, test } from "vitest";
import { kernelCases } from "../gpu/cases/index.ts";
import type { KernelName } from "../gpu/kernels/index.ts";
import { SENTINEL, type KernelInput } from "../gpu/run-kernel.ts";
import { arithmetic } from "../reference/exact-math.ts";
import { openWasmHost } from "../wasm/host.ts";
import { wasmKernels } from "../wasm/index.ts";
import { kernelTwins } from "./kernel-twins.ts";

const names = Object.keys(wasmKernels) as (keyof typeof wasmKernels)[];
const cases = names.flatMap((name) => kernelCases[name].map((kernelCase) => ({ name, kernelCase, title: kernelCase.name })));
const GUARD_WORDS = 64;

const wordsOf = (array: KernelInput) => new Uint32Array(array.buffer, array.byteOffset, array.length);

/** What the kernel leaves in `outputWords` words and the guard behind them, all of which held the sentinel before. */
async function runInWasm(name: keyof typeof wasmKernels, kernelCase: (typeof cases)[number]["kernelCase"]) {
  const { params, constants, inputs, outputWords } = kernelCase;
  const host = await openWasmHost();
  const put = (array: KernelInput) => {
    const at = host.allocate(array.byteLength);
    host.words(at, array.length).set(wordsOf(array));
    return at;
  };
  const arrays = inputs();
  const pointers = arrays.map(put);
  const output = put(new Uint32Array(outputWords + GUARD_WORDS).fill(SENTINEL));
  // What is left from others must not matter.
  host.temporarily(() => host.words(host.allocate(2 ** 20), 2 ** 18).fill(0x7fc12345));
  wasmKernels[name]({
    host,
    params,
    constants,
    output,
    input: (index) => pointers[index],
    derived: (index, form, sizeBytes, build) => host.keep(arrays[index], form, sizeBytes, (to) => build(pointers[index], to)),
  });
  arrays.forEach((array, i) => expect(host.words(pointers[i], array.length), `input ${i} is only read`).toEqual(wordsOf(array)));
  return host.words(output, outputWords + GUARD_WORDS).slice();
}

test.each(cases)("$name has every word of its twin: $title", async ({ name, kernelCase }) => {
  const { params, constants, inputs, outputWords } = kernelCase;
  const expected = new Uint32Array(outputWords + GUARD_WORDS).fill(SENTINEL);
  kernelTwins[name satisfies KernelName](params, constants, inputs().map(wordsOf), expected.subarray(0, outputWords), arithmetic(false));
  const actual = await runInWasm(name, kernelCase);
  const wrong = actual.findIndex((word, at) => word !== expected[at]);
  expect({ wrong, word: actual[wrong] }, `of ${outputWords} words`).toEqual({ wrong: -1, word: undefined });
});
