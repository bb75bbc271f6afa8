/** Vitest setup of the "gpu" project: WebGPU's constants, and no validation error that nobody looked at. */
import { afterEach, expect } from "vitest";
import { installWebGpuGlobals, takeUncapturedErrors } from "./node-gpu.ts";

installWebGpuGlobals();

afterEach(() => {
  expect(takeUncapturedErrors(), "uncaptured WebGPU errors").toEqual([]);
});
