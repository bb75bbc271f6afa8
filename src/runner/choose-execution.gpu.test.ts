import { expect, test } from "vitest";
import { pipelineCount } from "../gpu/pipelines.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { chooseExecution } from "./choose-execution.ts";

test("the faster execution is measured where both run on hardware, and known elsewhere without compiling anything", async () => {
  const gpu = await nodeGpu();
  expect(gpu.isSoftware).toBe(true);
  const before = pipelineCount(gpu.device);
  expect(await chooseExecution(gpu)).toBe("f32");
  expect(await chooseExecution({ ...gpu, isSoftware: false, languageFeatures: new Set() })).toBe("f32");
  expect(pipelineCount(gpu.device)).toBe(before);
  // This adapter multiplies packed integers at a third of the rate of floats, which a measurement must find.
  expect(await chooseExecution({ ...gpu, isSoftware: false })).toBe("f32");
  expect(pipelineCount(gpu.device)).toBeGreaterThanOrEqual(before);
});
