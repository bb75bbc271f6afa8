import { kernelCases } from "../gpu/cases/index.ts";
import { canRun } from "../gpu/can-run.ts";
import type { Gpu } from "../gpu/device.ts";
import { kernels, type KernelName } from "../gpu/kernels/index.ts";
import { pipelineFor } from "../gpu/pipelines.ts";
import { throwIfCancelled, type Job } from "../tensor/progress.ts";
import { checkKernel, type CheckResult } from "./check-kernel.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";

/** What this adapter computes right and wrong, kernel by kernel. */
export interface SelfTestReport {
  readonly passed: number;
  readonly failed: number;
  /** Kernels that the adapter cannot run: nothing is claimed about them. */
  readonly notExecuted: readonly string[];
  readonly cases: readonly { readonly kernel: string; readonly name: string; readonly ok: boolean; readonly detail: string }[];
  readonly elapsedMs: number;
}

/** Run every kernel's cases on this adapter against the CPU. Throws the AbortError of `job.signal`; a case that throws has failed. */
export async function selfTest(gpu: Gpu, job: Job = {}): Promise<SelfTestReport> {
  const start = performance.now();
  const names = Object.keys(kernels) as KernelName[];
  const runnable = names.filter((name) => canRun(gpu, kernels[name]));
  const total = runnable.reduce((sum, name) => sum + kernelCases[name].length, 0);
  throwIfCancelled(job);
  await compileAll(gpu, runnable, job);
  const fused = await adapterFusesMultiplyAdd(gpu);
  const cases: SelfTestReport["cases"][number][] = [];
  for (const kernel of runnable) {
    for (const kernelCase of kernelCases[kernel]) {
      throwIfCancelled(job);
      job.onProgress?.({ stage: `checking ${kernel}`, done: cases.length, total });
      const result = await checkKernel(gpu, kernel, kernelCase, fused).catch(asFailure);
      cases.push({ kernel, name: kernelCase.name, ...result });
    }
  }
  job.onProgress?.({ stage: "self-test", done: total, total });
  const failed = cases.filter(({ ok }) => !ok).length;
  const notExecuted = names.filter((name) => !runnable.includes(name));
  return { passed: cases.length - failed, failed, notExecuted, cases, elapsedMs: performance.now() - start };
}

/** All tabs of a browser share one queue of compilations, and what waits there cannot be taken back: a run that cancels the test, and another tab, wait for these only. */
const COMPILED_AT_ONCE = 4;

/** Compile side by side, which takes a software adapter most of the test's time; what fails here fails again, and is reported, in its case. */
async function compileAll(gpu: Gpu, names: readonly KernelName[], job: Job): Promise<void> {
  const compilations = names.flatMap((name) => kernelCases[name].map(({ constants }) => ({ kernel: kernels[name], constants })));
  const waiting = compilations.values();
  let done = 0;
  const compileNext = async () => {
    for (const { kernel, constants } of waiting) {
      await pipelineFor(gpu.device, kernel, constants).catch(() => undefined);
      throwIfCancelled(job);
      job.onProgress?.({ stage: "compiling kernels", done: ++done, total: compilations.length });
    }
  };
  await Promise.all(Array.from({ length: COMPILED_AT_ONCE }, compileNext));
}

function asFailure(error: unknown): CheckResult {
  return { ok: false, detail: error instanceof Error ? error.message : String(error) };
}
