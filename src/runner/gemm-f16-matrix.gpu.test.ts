/** All of gemm-f16-matrix but the matrix units, which no adapter of these tests has: spelled-matrices.ts says what stands in for them. */
import { expect, test } from "vitest";
import { canRun } from "../gpu/can-run.ts";
import { kernelCases } from "../gpu/cases/index.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Kernel } from "../gpu/kernel.ts";
import { kernels } from "../gpu/kernels/index.ts";
import { SUBGROUP_MATRIX } from "../gpu/subgroup-matrix.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { nullDevice } from "../testing/node-gpu.ts";
import { randomVit } from "../testing/random-vit.ts";
import { spellMatrices } from "../testing/spelled-matrices.ts";
import { halvesFault } from "./check-halves.ts";
import { checkKernel } from "./check-kernel.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";
import { makePlan } from "./make-plan.ts";
import type { ConstantArray } from "./plan.ts";
import { placeOnRung, rungsOf } from "./tune/gemm-rungs.ts";
import { tuneGemm } from "./tune/tune-gemm.ts";

const NAME = "gemm-f16-matrix";
const LANES = 128;
const kernel: Kernel = kernels[NAME];

/** The first case that is wrong. */
async function faultOf(spelled: Kernel): Promise<string | null> {
  const gpu = await nodeGpu();
  const fused = await adapterFusesMultiplyAdd(gpu);
  for (const each of kernelCases[NAME]) {
    const { ok, detail } = await checkKernel(gpu, NAME, each, fused, spelled);
    if (!ok) return `${each.name}: ${detail}`;
  }
  return null;
}

// Two subgroups for four strips: each takes two in turn. A minute on two idle cores, which compile these kernels slowly, for both tests.
test("right with subgroups of 64 lanes", async () => {
  expect(await faultOf(spellMatrices(kernel, LANES, 64))).toBeNull();
}, 600_000);

test("its cases find a strip that is left out", async () => {
  expect(kernel.code).toContain("turn += subgroups");
  const wrong = { ...kernel, code: kernel.code.replace("turn += subgroups", "turn += STRIPS") };
  expect(await faultOf(spellMatrices(wrong, LANES, 64))).not.toBeNull();
}, 600_000);

/** A device that computes nothing and says that it has matrix units of `M` x 16 x 16. */
async function claiming(M: number): Promise<Gpu> {
  const config = { componentType: "f16", resultComponentType: "f32", M, N: 16, K: 16 };
  const device = new Proxy(await nullDevice(), {
    get(target, name) {
      if (name === "adapterInfo") return { subgroupMatrixConfigs: [config] };
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
  return { ...(await nodeGpu()), device, isSoftware: false };
}

test("offered only where the adapter lists the product: f16 x f16 in f32, 16 x 16 x 16", async () => {
  const device = await nullDevice();
  expect(device.features.has(SUBGROUP_MATRIX)).toBe(true);
  expect(canRun({ ...(await nodeGpu()), device }, kernel)).toBe(false);
  expect(canRun(await nodeGpu(), kernel)).toBe(false);
  expect(canRun(await claiming(8), kernel)).toBe(false);
  expect(canRun(await claiming(16), kernel)).toBe(true);
});

test("an adapter that says so and fails the cases is tuned without it", async () => {
  const graph = randomVit({ image: 8, patch: 4, dim: 8, heads: 2, mlp: 16, depth: 1, classes: 3, seed: 1 });
  const form = { mode: "float", precision: "f16", execution: "f32", images: 1, attention: "unfused", taps: [] } as const;
  const plan = makePlan(graph, { ...form, constants: new Map<string, ConstantArray>() });
  const steps = plan.steps.filter((step) => rungsOf(step, "float").includes("matrix"));
  expect(steps.map(({ name }) => name)).toEqual([
    "blocks.0.attn.qkv",
    "blocks.0.attn.proj",
    "blocks.0.mlp.fc1",
    "blocks.0.mlp.fc2",
    "head",
  ]);
  const gpu = await claiming(16);
  const [placed] = placeOnRung(steps[0], "matrix", 1).steps;
  expect(placed).toMatchObject({ kernel: NAME, constants: { Y_HALF: 1, R_HALF: 1 } });
  expect(await halvesFault(gpu, placed)).toMatch(/^1 x 1, K 1, word 0 of/);
  const { choices, timings } = await tuneGemm(gpu, plan, { budgetMs: 60_000 });
  expect(choices.byShape).toMatchObject({ "f16 5x8x24": "block8" });
  expect(new Set(timings.map(({ rung }) => rung))).toEqual(new Set(["block8"]));
});
