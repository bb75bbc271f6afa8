import { expect, test } from "vitest";
import { nodeGpu } from "../../testing/node-gpu-bundle.ts";
import { measureRoofline } from "./measure-roofline.ts";

test("the adapter's own limits, in plausible proportions", async () => {
  const gpu = await nodeGpu();
  const roofline = await measureRoofline(gpu);
  console.log(JSON.stringify(roofline));
  const { elapsedMs, isSoftware, packedDotPerSecond, barrierSeconds, ...positive } = roofline;
  for (const [name, value] of Object.entries(positive)) expect(value, name).toSatisfy((each: number) => Number.isFinite(each) && each > 0);
  expect(isSoftware).toBe(gpu.isSoftware);
  expect(packedDotPerSecond === null).toBe(!gpu.languageFeatures.has("packed_4x8_integer_dot_product"));
  expect(barrierSeconds).toBeGreaterThanOrEqual(0);
  // A multiply-add is cheaper than an exponential on anything.
  expect(positive.fmaPerSecond).toBeGreaterThan(positive.exp2PerSecond);
  expect(elapsedMs).toBeLessThan(60_000);
});
