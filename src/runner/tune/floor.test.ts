import { expect, test } from "vitest";
import type { Roofline } from "../../gpu/roofline/roofline.ts";
import { randomVit } from "../../testing/random-vit.ts";
import { makePlan } from "../make-plan.ts";
import type { AttentionForm } from "../plan.ts";
import { floorOf, percentOfFloor } from "./floor.ts";
import { operandBytes } from "./operand-bytes.ts";
import { stepWork } from "./step-work.ts";

const roofline: Roofline = {
  fmaPerSecond: 1e9,
  packedDotPerSecond: 4e9,
  exp2PerSecond: 1e8,
  readBytesPerSecond: 1e10,
  barrierSeconds: 0,
  dispatchSeconds: 1e-5,
  submitSeconds: 0,
  readbackSeconds: 0,
  elapsedMs: 0,
  isSoftware: false,
};

// 2 x 2 patches and a class token: N = 5; D = 8, two heads of 4, an MLP of 16.
const graph = randomVit({ image: 8, patch: 4, dim: 8, heads: 2, mlp: 16, depth: 1, classes: 3, seed: 1 });
const plan = makePlan(graph, { mode: "float", images: 2, execution: "f32", attention: "unfused", taps: [], constants: new Map() });
const workOf = (name: string) => {
  const step = plan.steps.find((each) => each.name === name);
  if (!step) throw new Error(`no step ${name}`);
  return stepWork(step, (operand) => operandBytes(plan, operand));
};

test("a linear layer: 2 M N K operations, its operands once", () => {
  const { fma, packedDot, exp2, bytes } = workOf("blocks.0.mlp.fc1");
  expect({ fma, packedDot, exp2 }).toEqual({ fma: 2 * 10 * 16 * 8, packedDot: 0, exp2: 10 * 16 });
  // x [10,8], weight [8,16], bias [16], the unused residual's 16 bytes, y [10,16].
  expect(bytes).toBe(4 * (10 * 8 + 8 * 16 + 16 + 4 + 10 * 16));
});

test("attention: q k^T, softmax, A V", () => {
  const scores = plan.steps.find(({ kernel }) => kernel === "attention-scores-f32");
  const softmax = plan.steps.find(({ kernel }) => kernel === "softmax");
  const output = plan.steps.find(({ kernel }) => kernel === "attention-output-f32");
  expect([scores, softmax, output].map((step) => step && workOf(step.name))).toMatchObject([
    { fma: 2 * 2 * 2 * 25 * 4, exp2: 0 },
    { fma: 0, exp2: 2 * 2 * 25 },
    { fma: 2 * 2 * 2 * 25 * 4, exp2: 0 },
  ]);
});

test("attention is as much work in one dispatch as in three", () => {
  const sum = (attention: AttentionForm) => {
    const form = { mode: "float", images: 2, execution: "f32", attention, taps: [], constants: new Map() } as const;
    const whole = makePlan(graph, form);
    const works = whole.steps
      .filter(({ kernel }) => /^(attention|softmax)/.test(kernel))
      .map((step) => stepWork(step, (operand) => operandBytes(whole, operand)));
    const total = (pick: "fma" | "packedDot" | "exp2") => works.reduce((all, work) => all + work[pick], 0);
    return { fma: total("fma"), packedDot: total("packedDot"), exp2: total("exp2") };
  };
  const inThree = { fma: 2 * 2 * 2 * 2 * 25 * 4, packedDot: 0, exp2: 2 * 2 * 25 };
  for (const form of ["unfused", "rows", "share", "tile"] as const) expect(sum(form), form).toEqual(inThree);
});

test("LayerNormalization is bytes alone", () => {
  const norm = plan.steps.find(({ kernel }) => kernel === "layer-norm");
  expect(norm && workOf(norm.name)).toMatchObject({ fma: 0, packedDot: 0, exp2: 0 });
});

test("slices do the product once, the packed dot counts as such", () => {
  const params = { rows: 3, columns4: 2, depth4: 5 };
  const step = { name: "", params, constants: {}, inputs: [{ value: "x" }, { value: "x" }, { constant: "w" }], output: "y" } as const;
  const bytesOf = () => 100;
  expect(stepWork({ ...step, kernel: "gemm-codes-dot-partial" }, bytesOf)).toEqual({
    fma: 0,
    packedDot: 2 * 3 * 8 * 20,
    exp2: 0,
    bytes: 300,
  });
  expect(stepWork({ ...step, kernel: "gemm-codes-combine" }, bytesOf)).toMatchObject({ fma: 0, packedDot: 0 });
});

test("the floor is the larger of arithmetic and memory, and a dispatch", () => {
  const work = { fma: 1e6, packedDot: 8e6, exp2: 1e5, bytes: 2e6 };
  // 1 ms + 2 ms + 1 ms against 0.2 ms.
  expect(floorOf(work, roofline).seconds).toBeCloseTo(4e-3 + 1e-5, 12);
  expect(floorOf(work, roofline).bound).toBe("arithmetic");
  expect(floorOf({ ...work, bytes: 1e8 }, roofline)).toEqual({ seconds: 1e-2 + 1e-5, bound: "memory" });
  expect(floorOf({ fma: 10, packedDot: 0, exp2: 0, bytes: 10 }, roofline).bound).toBe("dispatch");
  expect(percentOfFloor(8.02e-3, floorOf(work, roofline))).toBeCloseTo(50, 10);
});

test("integers count at the faster of the two rates", () => {
  const work = { fma: 0, packedDot: 8e6, exp2: 0, bytes: 0 };
  const slow = { ...roofline, dispatchSeconds: 0, packedDotPerSecond: 5e8 };
  expect(floorOf(work, slow).seconds).toBeCloseTo(8e-3, 12);
  expect(floorOf(work, { ...slow, packedDotPerSecond: null }).seconds).toBeCloseTo(8e-3, 12);
});
