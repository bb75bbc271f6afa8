import { kernelCases } from "../gpu/cases/index.ts";
import type { Gpu } from "../gpu/device.ts";
import type { KernelName } from "../gpu/kernels/index.ts";
import { InputError } from "../tensor/input-error.ts";
import { checkKernel } from "./check-kernel.ts";
import type { Plan } from "./plan.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";

const verdicts = new WeakMap<GPUDevice, Map<string, Promise<string | null>>>();

/**
 * Whether this adapter may run a plan in f16: every kernel of it that stores f16 must pass its cases, those with the plan's own constants where there are some
 * (their pipelines are compiled by then). Asked once per device and kernel. Throws InputError HALF_WRONG.
 */
export async function checkHalves(gpu: Gpu, plan: Plan): Promise<void> {
  const asked = new Map(plan.steps.filter(({ kernel }) => kernel.includes("-f16")).map((step) => [keyOf(step), step]));
  for (const [key, { kernel, constants }] of asked) {
    let known = verdicts.get(gpu.device);
    if (!known) verdicts.set(gpu.device, (known = new Map()));
    let verdict = known.get(key);
    if (!verdict) known.set(key, (verdict = firstFault(gpu, kernel, constants)));
    const fault = await verdict;
    if (fault === null) continue;
    throw new InputError("HALF_WRONG", {
      what: `This adapter computes "${kernel}" wrong: ${fault}.`,
      why: "A model is run in f16 only where its kernels give exactly what the CPU predicts.",
      next: "Run the model in f32, or on another adapter.",
    });
  }
}

const keyOf = ({ kernel, constants }: Plan["steps"][number]) => `${kernel} ${JSON.stringify(constants)}`;

async function firstFault(gpu: Gpu, kernel: KernelName, constants: Plan["steps"][number]["constants"]): Promise<string | null> {
  const fused = await adapterFusesMultiplyAdd(gpu);
  const all = kernelCases[kernel];
  const same = all.filter((each) => Object.entries(each.constants).every(([name, value]) => constants[name] === value));
  for (const each of same.length > 0 ? same : all) {
    const { ok, detail } = await checkKernel(gpu, kernel, each, fused);
    if (!ok) return `${each.name}, ${detail}`;
  }
  return null;
}
