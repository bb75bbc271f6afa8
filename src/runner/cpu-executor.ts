import { arithmetic } from "../reference/exact-math.ts";
import type { Words } from "../reference/kernels/kernel-twin.ts";
import type { PlanExecutor } from "./executor.ts";
import { kernelTwins } from "./kernel-twins.ts";
import type { ConstantArray, Operand, Plan } from "./plan.ts";

const wordsOf = (array: ConstantArray): Words => new Uint32Array(array.buffer, array.byteOffset, array.byteLength / 4);

/** Runs a plan step by step on the CPU twins of its kernels: the strict reference. `fused`: how the adapter to be compared with rounds fma. */
export function createCpuExecutor(plan: Plan, fused: boolean): PlanExecutor {
  const math = arithmetic(fused);
  return {
    run(feeds) {
      const slots = plan.slots.map((sizeBytes) => new Uint32Array(sizeBytes / 4));
      const words = (name: string) => slots[plan.values[name].slot].subarray(0, plan.values[name].sizeBytes / 4);
      const operand = (o: Operand): Words => {
        if ("value" in o) return words(o.value);
        const array = plan.constants.get(o.constant);
        if (!array) throw new Error(`internal: the plan has no constant ${o.constant}`);
        return wordsOf(array);
      };
      for (const name of plan.inputs) new Float32Array(slots[plan.values[name].slot].buffer).set(feeds[name]);
      for (const { constant, value, strideBytes, count } of plan.copies) {
        for (let i = 0; i < count; i++) words(value).set(operand({ constant }), (i * strideBytes) / 4);
      }
      for (const { kernel, params, constants, inputs, output } of plan.steps) {
        kernelTwins[kernel](params, constants, inputs.map(operand), words(output), math);
      }
      return Promise.resolve({ output: words(plan.output).slice(), taps: new Map(plan.taps.map((tap) => [tap, words(tap).slice()])) });
    },
    destroy() {},
  };
}
