/** Kernels that broadcast in subgroups, at sizes that no adapter of these tests has: spelled-subgroups.ts says how. */
import { expect, test } from "vitest";
import { kernelCases } from "../gpu/cases/index.ts";
import { kernels } from "../gpu/kernels/index.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { spellSubgroups } from "../testing/spelled-subgroups.ts";
import { checkKernel } from "./check-kernel.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";

test.each([
  { name: "gemm-f32-subgroup", type: "vec4f" },
  { name: "gemm-f16-subgroup", type: "vec4f" },
  { name: "gemm-codes-f32-subgroup", type: "vec4f" },
  { name: "gemm-codes-dot-subgroup", type: "u32" },
] as const)(
  "$name is right in subgroups of 8 and of 32",
  async ({ name, type }) => {
    const gpu = await nodeGpu();
    const fused = await adapterFusesMultiplyAdd(gpu);
    for (const size of [8, 32])
      for (const each of kernelCases[name]) {
        const { ok, detail } = await checkKernel(gpu, name, each, fused, spellSubgroups(kernels[name], size, type));
        expect(ok, `${each.name} in subgroups of ${size}: ${detail}`).toBe(true);
      }
  },
  300_000,
);

test("a kernel that takes its fourth row from lane 4 is found, though no lane has it in a subgroup of 4", async () => {
  const gpu = await nodeGpu();
  const fused = await adapterFusesMultiplyAdd(gpu);
  const name = "gemm-f32-subgroup";
  const wrong = { ...kernels[name], code: kernels[name].code.replaceAll("(even, 3u)", "(even, 4u)") };
  const [, , each] = kernelCases[name];
  expect((await checkKernel(gpu, name, each, fused, spellSubgroups(wrong, 8, "vec4f"))).ok).toBe(false);
});
