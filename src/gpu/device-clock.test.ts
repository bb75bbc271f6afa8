import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDeviceClock } from "./device-clock.ts";

beforeEach(() => {
  vi.stubGlobal("GPUBufferUsage", { QUERY_RESOLVE: 1, COPY_SRC: 2, COPY_DST: 4, MAP_READ: 8 });
  vi.stubGlobal("GPUMapMode", { READ: 1 });
});
afterEach(() => void vi.unstubAllGlobals());

/** A device whose timestamps are these, start and end; null: it has none. */
function deviceWith(stamps: readonly [bigint, bigint] | null) {
  const submitted: object[] = [];
  const encoder = () => ({
    beginComputePass: () => ({ end() {} }),
    resolveQuerySet() {},
    copyBufferToBuffer() {},
    finish: () => ({}),
  });
  const device = {
    features: new Set(stamps === null ? [] : ["timestamp-query"]),
    createQuerySet: () => ({ destroy() {} }),
    createBuffer: () => ({
      mapAsync: () => Promise.resolve(),
      getMappedRange: () => BigUint64Array.from(stamps ?? []).buffer,
      unmap() {},
      destroy() {},
    }),
    createCommandEncoder: encoder,
    queue: {
      submit: (commands: readonly object[]) => void submitted.push(...commands),
      onSubmittedWorkDone: () => new Promise((resolve) => setTimeout(resolve, 20)),
    },
  };
  return { device: device as unknown as GPUDevice, submitted };
}

test("timestamps are nanoseconds of the device", async () => {
  const { device, submitted } = deviceWith([1000n, 2_001_000n]);
  const clock = createDeviceClock(device);
  const record = vi.fn<(pass: GPUComputePassEncoder) => void>();
  expect([clock.kind, await clock.seconds(record)]).toEqual(["timestamps", 2e-3]);
  expect([record.mock.calls.length, submitted.length]).toEqual([1, 1]);
  clock.destroy();
});

test("a count that began anew is no time: the pass is run again, by the wall clock", async () => {
  const { device, submitted } = deviceWith([2_001_000n, 1000n]);
  const seconds = await createDeviceClock(device).seconds(() => {});
  expect(submitted).toHaveLength(2);
  expect(seconds).toBeGreaterThan(0.015);
  expect(seconds).toBeLessThan(5);
});

test("without timestamps the time is from the submit to its completion", async () => {
  const { device } = deviceWith(null);
  const clock = createDeviceClock(device);
  expect(clock.kind).toBe("wall");
  expect(await clock.seconds(() => {})).toBeGreaterThan(0.015);
});
