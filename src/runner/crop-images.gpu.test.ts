/** Crops by the adapter where it is asked and right, by the CPU everywhere else: the same bytes. */
import { expect, test } from "vitest";
import type { Gpu } from "../gpu/device.ts";
import type { Preprocessing } from "../images/preprocessing.ts";
import { cropForDisplay } from "../images/preprocess.ts";
import { patternPixels } from "../images/testing-pattern.ts";
import { nodeGpu } from "../testing/node-gpu-bundle.ts";
import { createCropper } from "./crop-images.ts";
import { cropOnGpu } from "./gpu-preprocess.ts";

const preprocessing: Preprocessing = {
  inputSize: [24, 20],
  resize: "shortest",
  size: 28,
  interpolation: "bicubic",
  rounding: "torchvision",
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
const photo = patternPixels(90, 61);
const expected = cropForDisplay(photo, preprocessing);

/** Counts submissions to the queue: what the GPU was asked to do. */
async function counted() {
  const gpu = await nodeGpu();
  let submissions = 0;
  const queue = new Proxy(gpu.device.queue, {
    get: (target, key: keyof GPUQueue) => {
      const value = target[key];
      if (typeof value !== "function") return value;
      if (key === "submit") submissions++;
      return (value as (...args: unknown[]) => unknown).bind(target);
    },
  });
  const device = new Proxy(gpu.device, {
    get: (target, key: keyof GPUDevice) => {
      if (key === "queue") return queue;
      const value = target[key];
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
  return { gpu: { ...gpu, device } satisfies Gpu, submissions: () => submissions };
}

test("an adapter that is asked is checked once, then crops", async () => {
  const { gpu, submissions } = await counted();
  const crop = createCropper(() => Promise.resolve(gpu), { wants: () => true, leastPixels: 1 });
  expect(await crop(photo, preprocessing)).toEqual(expected);
  const first = submissions();
  expect(await crop(photo, preprocessing)).toEqual(expected);
  expect(submissions() - first).toBeGreaterThan(0);
  expect(submissions() - first).toBeLessThan(first);
});

test("a software adapter and small images leave it to the CPU", async () => {
  const { gpu, submissions } = await counted();
  const software: Gpu = { ...gpu, isSoftware: true };
  expect(await createCropper(() => Promise.resolve(software), { leastPixels: 1 })(photo, preprocessing)).toEqual(expected);
  expect(await createCropper(() => Promise.resolve(gpu), { wants: () => true })(photo, preprocessing)).toEqual(expected);
  expect(submissions()).toBe(0);
});

test("an adapter that gives other bytes is not used", async () => {
  const { gpu, submissions } = await counted();
  const wrong: typeof cropOnGpu = async (...args) => {
    const crop = await cropOnGpu(...args);
    return crop && { ...crop, rgb: crop.rgb.map((byte, i) => (i === 100 ? byte ^ 1 : byte)) };
  };
  const crop = createCropper(() => Promise.resolve(gpu), { wants: () => true, leastPixels: 1, cropOn: wrong });
  expect(await crop(photo, preprocessing)).toEqual(expected);
  const checked = submissions();
  expect(await crop(photo, preprocessing)).toEqual(expected);
  expect(submissions()).toBe(checked);
});

test("without an adapter images open all the same, and what is wrong with them is told", async () => {
  const crop = createCropper(() => Promise.reject(new Error("none")), { leastPixels: 1 });
  expect(await crop(photo, preprocessing)).toEqual(expected);
  await expect(crop(photo, { ...preprocessing, resize: "none" })).rejects.toMatchObject({ code: "IMAGE_SIZE_MISMATCH" });
});
