import { expect, test } from "vitest";
import { kernelFloors } from "./kernel-floors.ts";
import type { ProfileStep } from "./profile.ts";

const step = (kernel: string, shape: string, elapsedMs: number, floorMs: number | null): ProfileStep => ({
  name: kernel,
  kernel,
  variant: {},
  shape,
  workgroups: [1, 1, 1],
  elapsedMs,
  repeats: 1,
  operations: 0,
  exponentials: 0,
  bytes: 0,
  operationsPerSecond: 0,
  bytesPerSecond: 0,
  floorMs,
  floorBound: floorMs === null ? null : "memory",
  percentOfFloor: null,
});

test("one row for each kernel and shape, with means; what takes longest in all comes first", () => {
  const steps = [
    step("layer-norm", "5x8", 1, 0.5),
    step("gemm-f32", "5x8x24", 4, 1),
    step("gemm-f32", "5x8x16", 7, 2),
    step("gemm-f32", "5x8x24", 6, 3),
  ];
  const bound = { floorBound: "memory" };
  expect(kernelFloors({ steps })).toEqual([
    { kernel: "gemm-f32", shape: "5x8x24", dispatches: 2, elapsedMs: 5, floorMs: 2, ...bound },
    { kernel: "gemm-f32", shape: "5x8x16", dispatches: 1, elapsedMs: 7, floorMs: 2, ...bound },
    { kernel: "layer-norm", shape: "5x8", dispatches: 1, elapsedMs: 1, floorMs: 0.5, ...bound },
  ]);
});

test("without a roofline there is nothing to stand beside", () => {
  expect(kernelFloors({ steps: [step("gemm-f32", "5x8x24", 4, null)] })).toEqual([]);
});
