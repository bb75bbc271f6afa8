import { expect, test } from "vitest";
import { randomVit } from "../models/random-vit.ts";
import { assignSlots } from "./arena.ts";
import { makePlan } from "./make-plan.ts";
import { arenaBytes, constantBytes, printPlan, type AttentionForm, type ConstantArray, type Plan } from "./plan.ts";

const graph = randomVit({ image: 32, patch: 8, dim: 48, depth: 12, heads: 3, mlp: 96, classes: 10, seed: 1 });
const floatPlan = (
  images: number,
  taps: readonly string[] = [],
  constants = new Map<string, ConstantArray>(),
  attention: AttentionForm = "rows",
): Plan => makePlan(graph, { mode: "float", images, execution: "f32", attention, taps, constants });

test("a 12-block ViT takes 88 dispatches: patches, embedding, 7 a block, norm and head; 112 with attention unfused", () => {
  expect(floatPlan(1).steps.length).toBe(2 + 7 * 12 + 2);
  expect(floatPlan(1, [], new Map(), "unfused").steps.length).toBe(2 + 9 * 12 + 2);
});

test("a tap of scores or probabilities unfuses its layer, and no other", () => {
  const kernelsOf = (taps: readonly string[]) => floatPlan(1, taps).steps.map(({ kernel }) => kernel);
  const count = (taps: readonly string[], kernel: string) => kernelsOf(taps).filter((name) => name === kernel).length;
  for (const tap of ["blocks.3.attn.softmax", "blocks.3.attn.matmul1"]) {
    expect(floatPlan(1, [tap]).taps).toEqual([tap]);
    expect(count([tap], "softmax"), tap).toBe(1);
    expect(count([tap], "attention-rows-f32"), tap).toBe(11);
  }
  expect(count(["blocks.3.attn.proj"], "attention-rows-f32")).toBe(12);
});

test("rows that do not fit private memory stay unfused", () => {
  const large = randomVit({ image: 64, patch: 4, dim: 8, depth: 1, heads: 1, mlp: 8, classes: 2, seed: 1 });
  const plan = makePlan(large, { mode: "float", images: 1, execution: "f32", attention: "rows", taps: [], constants: new Map() });
  expect(plan.steps.map(({ kernel }) => kernel)).toContain("attention-scores-f32");
});

test("no two values that live at the same time share a slot, and every slot is large enough", () => {
  for (const taps of [[], graph.nodes.map(({ name }) => name)]) {
    const plan = floatPlan(2, taps);
    const values = Object.entries(plan.values);
    for (const [a, x] of values) {
      expect(plan.slots[x.slot], a).toBeGreaterThanOrEqual(x.sizeBytes);
      for (const [b, y] of values) {
        const together = x.firstStep <= y.lastStep && y.firstStep <= x.lastStep;
        expect(a !== b && together && x.slot === y.slot, `${a} and ${b}`).toBe(false);
      }
    }
  }
});

test("the arena of a plan without taps is far smaller than the sum of its values", () => {
  const plan = floatPlan(1);
  const sum = Object.values(plan.values).reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  expect(arenaBytes(plan)).toBeLessThan(sum / 8);
});

test("plans of one session share their weights", () => {
  const constants = new Map<string, ConstantArray>();
  const [one, many] = [floatPlan(1, [], constants), floatPlan(5, [], constants)];
  expect(many.constants.get("head.weight")).toBe(one.constants.get("head.weight"));
  expect(constantBytes(many)).toBe(constantBytes(one));
});

test("a printed plan names every dispatch, its operands and the slots with their lifetimes", () => {
  const text = printPlan(floatPlan(1));
  expect(text).toContain("88 dispatches");
  expect(text).toMatch(/gemm-f32 +blocks\.0\.mlp\.act f32\[17,96\] slot \d+ <- blocks\.0\.norm2, #blocks\.0\.mlp\.fc1\.weight/);
  expect(text).toMatch(/slot 0: \d+ bytes: pixels@-1\.\.0/);
});

test("slots: the tightest free one is taken, and a value read by a step is still alive during it", () => {
  const { slotOf, slots } = assignSlots([
    { name: "a", sizeBytes: 100, firstStep: 0, lastStep: 1 },
    { name: "b", sizeBytes: 10, firstStep: 0, lastStep: 1 },
    { name: "c", sizeBytes: 8, firstStep: 2, lastStep: 3 },
    { name: "d", sizeBytes: 50, firstStep: 1, lastStep: 2 },
  ]);
  expect(slotOf.get("d")).toBe(2);
  expect(slotOf.get("c")).toBe(slotOf.get("b"));
  expect(slots).toEqual([100, 10, 50]);
});
