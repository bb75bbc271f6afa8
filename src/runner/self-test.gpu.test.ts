import { expect, test } from "vitest";
import { kernelCases } from "../gpu/cases/index.ts";
import type { Params } from "../gpu/kernel.ts";
import { kernels, type KernelName } from "../gpu/kernels/index.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { nullDevice } from "../testing/node-gpu.ts";
import { checkKernel } from "./check-kernel.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";
import { selfTest } from "./self-test.ts";

const caseCount = Object.values(kernelCases).reduce((sum, cases) => sum + cases.length, 0);

test("every case of every kernel passes on this adapter", async () => {
  const gpu = await nodeGpu();
  const stages = new Set<string>();
  const report = await selfTest(gpu, { onProgress: ({ stage }) => stages.add(stage) });
  console.log(
    `${report.passed} cases passed in ${report.elapsedMs.toFixed(0)} ms; not executed: ${report.notExecuted.join(", ") || "none"}`,
  );
  expect(report.cases.filter(({ ok }) => !ok)).toEqual([]);
  const executed = Object.keys(kernels).filter((name) => !report.notExecuted.includes(name));
  expect(new Set(report.cases.map(({ kernel }) => kernel))).toEqual(new Set(executed));
  expect(report.passed).toBe(report.cases.length);
  for (const name of executed) expect(stages).toContain(`checking ${name}`);
  // Compiled now: what is left is the runs and their twins.
  expect((await selfTest(gpu)).elapsedMs).toBeLessThan(15_000);
}, 400_000);

test("kernels that the adapter cannot run are listed, not passed", async () => {
  const gpu = await nodeGpu();
  const report = await selfTest({ ...gpu, languageFeatures: new Set() });
  const dots = [
    "attention-scores-codes-dot",
    "attention-tile-codes",
    "gemm-codes-dot",
    "gemm-codes-dot-partial",
    "gemm-codes-dot-subgroup",
    "gemm-codes-dot-tiled",
    "gemm-f16-matrix",
    "gemm-norm-codes-dot",
    "gemm-patches-codes-dot",
  ] as const;
  expect(report.notExecuted.toSorted()).toEqual(dots);
  expect(dots.reduce((sum, name) => sum + kernelCases[name].length, report.passed + report.failed)).toBe(caseCount);
});

test("a device that computes nothing fails every case", async () => {
  const gpu = await nodeGpu();
  const report = await selfTest({ ...gpu, device: await nullDevice() });
  expect(report.passed).toBe(0);
  expect(report.notExecuted).toEqual(["gemm-f16-matrix"]);
  expect(report.failed).toBe(caseCount - kernelCases["gemm-f16-matrix"].length);
});

test("it stops when cancelled", async () => {
  const gpu = await nodeGpu();
  const abort = new AbortController();
  const onProgress = ({ stage }: { stage: string }) => stage === "checking gemm-f32" && abort.abort();
  await expect(selfTest(gpu, { signal: abort.signal, onProgress: (progress) => void onProgress(progress) })).rejects.toMatchObject({
    name: "AbortError",
  });
});

/** Kernels made wrong on purpose: what each check is for. */
const mutants: readonly { name: KernelName; fault: string; from: string; to: string; detail: RegExp }[] = [
  {
    name: "quantize",
    fault: "no bounds check",
    from: "if (at >= params.rows * params.stride4) { return; }",
    to: "",
    detail: /^stray write/,
  },
  {
    name: "gemm-f32",
    fault: "writes into the gap of the class token",
    from: "+ params.out_offset",
    to: "+ params.out_offset - 1u",
    detail: /^word \d+ of \d+ in an exact-size binding: .*expected untouched/,
  },
  {
    name: "reduce-mean",
    fault: "leaves the last quad out",
    from: "id.x >= params.images",
    to: "id.x + 1u >= params.images",
    detail: /untouched, expected/,
  },
  { name: "softmax", fault: "a tie falls on the other side", from: "e >= thresholds", to: "e > thresholds", detail: /^word/ },
  { name: "layer-norm", fault: "forgets epsilon", from: "params.epsilon)", to: "0.0)", detail: /^word/ },
  {
    name: "attention-scores-f32",
    fault: "more wrong than its bound",
    from: "sum * params.scale",
    to: "sum * params.scale * 1.00001",
    detail: /^word/,
  },
  {
    name: "patchify",
    fault: "padding is not 0",
    from: "top[lane] = params.code_max;",
    to: "top = vec4f(params.code_max);",
    detail: /^word/,
  },
  {
    name: "fake-quantize",
    fault: "rounds halves up",
    from: "round(v[lane] / q.x)",
    to: "floor(v[lane] / q.x + 0.5)",
    detail: /^word/,
  },
  {
    name: "gemm-codes-f32",
    fault: "no bounds check in the epilogue",
    from: "if (at >= params.rows) { continue; }",
    to: "",
    detail: /^(stray write|word)/,
  },
  {
    name: "gemm-codes-dot-tiled",
    fault: "leaves out half of the rows of its largest tile, with 8-bit weights",
    from: "|| row >= params.rows) { return; }",
    to: "|| row >= params.rows || (local.y >= 8u && CONTAINER == 8u)) { return; }",
    detail: /untouched, expected/,
  },
];

test.each(mutants)("$name is caught when it is wrong: $fault", async ({ name, from, to, detail }) => {
  const gpu = await nodeGpu();
  const fused = await adapterFusesMultiplyAdd(gpu);
  const kernel = kernels[name];
  expect(kernel.code).toContain(from);
  const wrong = { ...kernel, code: kernel.code.replace(from, to) };
  const details: string[] = [];
  for (const kernelCase of kernelCases[name]) {
    const result = await checkKernel(gpu, name, kernelCase, fused, wrong);
    if (!result.ok) details.push(result.detail);
    if (detail.test(result.detail)) break;
  }
  expect(
    details.some((text) => detail.test(text)),
    details.join("\n") || "nothing was caught",
  ).toBe(true);
});

test("bits depend on how the adapter rounds fma, and the probe knows", async () => {
  const gpu = await nodeGpu();
  const fused = await adapterFusesMultiplyAdd(gpu);
  const [, , kernelCase] = kernelCases["gemm-f32"];
  expect((await checkKernel(gpu, "gemm-f32", kernelCase, fused)).ok).toBe(true);
  expect((await checkKernel(gpu, "gemm-f32", kernelCase, !fused)).ok).toBe(false);
});

test.each(["quantize", "fake-quantize", "fake-quantize-codebook", "patchify"] as const)(
  "%s finds its elements when the grid is spread over two dimensions",
  async (name) => {
    const gpu = await nodeGpu();
    const fused = await adapterFusesMultiplyAdd(gpu);
    // As linearGrid does past 65535 workgroups, here past two.
    const spread = {
      ...kernels[name],
      workgroups: (params: Params) => [2, Math.ceil(kernels[name].workgroups(params, {})[0] / 2), 1] as const,
    };
    for (const kernelCase of kernelCases[name]) {
      const result = await checkKernel(gpu, name, kernelCase, fused, spread);
      expect(result.ok, `${kernelCase.name}: ${result.detail}`).toBe(true);
    }
  },
);
