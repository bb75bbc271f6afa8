import { arithmetic } from "../reference/exact-math.ts";
import type { Words } from "../reference/kernels/kernel-twin.ts";
import type { Pointer } from "../wasm/exports.ts";
import { openWasmHost, type WasmHost } from "../wasm/host.ts";
import { wasmKernels } from "../wasm/index.ts";
import type { WasmCall, WasmKernel } from "../wasm/kernel.ts";
import type { PlanExecutor } from "./executor.ts";
import { kernelTwins } from "./kernel-twins.ts";
import type { ConstantArray, Operand, Plan, Step } from "./plan.ts";

const kernelOf: Readonly<Record<string, WasmKernel | undefined>> = wasmKernels;

/**
 * Runs a plan step by step on WebAssembly kernels, on one thread: the words of the strict reference with two roundings per fma, much sooner.
 * Kernels that have no such form run on their CPU twins, on the same memory. Executors of one session share `host`: constants lie in it once,
 * and the arena belongs to whichever runs.
 */
export function createWasmExecutor(plan: Plan, host: Promise<WasmHost> = openWasmHost()): PlanExecutor {
  const offsets: number[] = [];
  let arenaBytes = 0;
  for (const sizeBytes of plan.slots) {
    offsets.push(arenaBytes);
    arenaBytes += Math.ceil(sizeBytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES + ALIGNMENT_BYTES;
  }
  return {
    async run(feeds) {
      const memory = await host;
      const arena = memory.arena(arenaBytes);
      const at = (name: string): Pointer => arena + offsets[plan.values[name].slot];
      const words = (name: string): Words => memory.words(at(name), plan.values[name].sizeBytes / 4);
      for (const name of plan.inputs) memory.words(at(name), feeds[name].length).set(bitsOf(feeds[name]));
      for (const { constant, value, strideBytes, count } of plan.copies) {
        for (let i = 0; i < count; i++) words(value).set(bitsOf(constantOf(plan, { constant })), (i * strideBytes) / 4);
      }
      for (const step of plan.steps) {
        const kernel = kernelOf[step.kernel];
        if (kernel) kernel(callOf(memory, plan, step, at));
        else runTwin(plan, step, words);
      }
      return { output: words(plan.output).slice(), taps: new Map(plan.taps.map((tap) => [tap, words(tap).slice()])) };
    },
    destroy() {},
  };
}

const ALIGNMENT_BYTES = 64;

function callOf(host: WasmHost, plan: Plan, { kernel, params, constants, inputs, output }: Step, at: (name: string) => Pointer): WasmCall {
  return {
    host,
    params,
    constants,
    output: at(output),
    input(index) {
      const operand = inputs[index];
      if ("value" in operand) return at(operand.value);
      const array = constantOf(plan, operand);
      return host.keep(array, "", array.byteLength, (to) => host.words(to, array.length).set(bitsOf(array)));
    },
    derived(index, form, sizeBytes, build) {
      const operand = inputs[index];
      if ("value" in operand) throw new Error(`internal: ${kernel} wants its input ${index} to be a constant`);
      const array = constantOf(plan, operand);
      return host.keep(array, form, sizeBytes, (to) =>
        host.temporarily(() => {
          const from = host.allocate(array.byteLength);
          host.words(from, array.length).set(bitsOf(array));
          build(from, to);
        }),
      );
    },
  };
}

const MATH = arithmetic(false);

function runTwin(plan: Plan, { kernel, params, constants, inputs, output }: Step, words: (name: string) => Words): void {
  const operands = inputs.map((operand) => ("value" in operand ? words(operand.value) : bitsOf(constantOf(plan, operand))));
  kernelTwins[kernel](params, constants, operands, words(output), MATH);
}

function constantOf(plan: Plan, operand: Operand & { readonly constant: string }): ConstantArray {
  const array = plan.constants.get(operand.constant);
  if (!array) throw new Error(`internal: the plan has no constant ${operand.constant}`);
  return array;
}

function bitsOf(array: ConstantArray): Words {
  return new Uint32Array(array.buffer, array.byteOffset, array.length);
}
