import { kernelCases } from "../gpu/cases/index.ts";
import { isLost } from "../gpu/current-gpu.ts";
import type { Gpu } from "../gpu/device.ts";
import type { KernelName } from "../gpu/kernels/index.ts";
import { InputError } from "../tensor/input-error.ts";
import { checkKernel } from "./check-kernel.ts";
import type { Plan, Step } from "./plan.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";

const verdicts = new WeakMap<GPUDevice, Map<string, Promise<string | null>>>();

/**
 * Whether this adapter may run a plan in f16: every kernel of it that stores f16 must pass its cases, those with the plan's own constants where there are some
 * (their pipelines are compiled by then). Asked once per device and kernel. Throws InputError HALF_WRONG.
 */
export async function checkHalves(gpu: Gpu, plan: Plan): Promise<void> {
  for (const step of plan.steps) {
    const fault = await halvesFault(gpu, step);
    if (fault === null) continue;
    throw new InputError("HALF_WRONG", {
      what: `This adapter computes "${step.kernel}" wrong: ${fault}.`,
      why: "A model is run in f16 only where its kernels give exactly what the CPU predicts.",
      next: "Run the model in f32, or on another adapter.",
    });
  }
}

/** What this adapter computes wrong of a step that stores f16; null where it does not, or where the step stores none. */
export function halvesFault(gpu: Gpu, step: Step): Promise<string | null> {
  if (!step.kernel.includes("-f16")) return Promise.resolve(null);
  let known = verdicts.get(gpu.device);
  if (!known) verdicts.set(gpu.device, (known = new Map()));
  const key = keyOf(step);
  let verdict = known.get(key);
  if (!verdict) known.set(key, (verdict = firstFault(gpu, step.kernel, step.constants).catch(asFault(gpu))));
  return verdict;
}

/** A kernel that fails is wrong; a device that is lost says nothing about it, and its work is repeated elsewhere. */
const asFault = (gpu: Gpu) => async (error: unknown) => {
  if (await isLost(gpu)) throw error;
  return error instanceof Error ? error.message : String(error);
};
const keyOf = ({ kernel, constants }: Step) => `${kernel} ${JSON.stringify(constants)}`;

async function firstFault(gpu: Gpu, kernel: KernelName, constants: Step["constants"]): Promise<string | null> {
  const fused = await adapterFusesMultiplyAdd(gpu);
  const all = kernelCases[kernel];
  const same = all.filter((each) => Object.entries(each.constants).every(([name, value]) => constants[name] === value));
  for (const each of same.length > 0 ? same : all) {
    const { ok, detail } = await checkKernel(gpu, kernel, each, fused);
    if (!ok) return `${each.name}, ${detail}`;
  }
  return null;
}
