import { kernelCases } from "../gpu/cases/index.ts";
import { kernels, type KernelName } from "../gpu/kernels/index.ts";
import { pipelineFor } from "../gpu/pipelines.ts";
import { expect, test } from "vitest";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { selfTest } from "./self-test.ts";
test("every case of every kernel passes on this adapter", async () => {
  const gpu = await nodeGpu();
  const t0 = performance.now();
  await Promise.all(
    Object.entries(kernelCases).flatMap(([name, cases]) => cases.map((c) => pipelineFor(gpu.device, kernels[name as KernelName], c.constants))),
  );
  console.log("compile", performance.now() - t0);
  const stages: number[] = [];
  const report = await selfTest(gpu, { onProgress: () => stages.push(performance.now()) });
  report.cases.forEach((c, i) =>
    console.log(c.kernel, "|", c.name, "|", (stages[i + 1] - stages[i]).toFixed(0), "ms", c.ok ? "" : c.detail),
  );
  const again = await selfTest(gpu, {});
  console.log(report.elapsedMs, again.elapsedMs, report.passed);
  expect(report.failed).toBe(0);
});
