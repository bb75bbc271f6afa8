import { expect, test } from "vitest";
import type { DeviceClock } from "../../gpu/device-clock.ts";
import type { RecordedStep } from "../../gpu/recorded-step.ts";
import { timeRecorded } from "./time-recorded.ts";

/** A clock that rounds to `grain`, for dispatches that take `own`; both in microseconds. */
function coarseClock(own: number, grain: number, from: number) {
  const passes: number[] = [];
  const clock: DeviceClock = {
    kind: "timestamps",
    seconds(record) {
      let dispatches = 0;
      record({ setPipeline() {}, setBindGroup() {}, dispatchWorkgroups: () => void dispatches++ } as unknown as GPUComputePassEncoder);
      passes.push(dispatches);
      const [start, end] = [from, from + own * dispatches].map((time) => Math.floor(time / grain) * grain);
      return Promise.resolve((end - start) / 1e6);
    },
    destroy() {},
  };
  return { clock, passes };
}

const step = { grid: [1, 1, 1] } as unknown as RecordedStep;
const device = {} as GPUDevice;

test.each([
  { own: 4, from: 97, reads: "a whole grain for a single one" },
  { own: 4, from: 0, reads: "nothing for a single one" },
  { own: 30, from: 50, reads: "nothing for a single one" },
  { own: 150, from: 60, reads: "two grains for one and a half" },
])("a step of $own microseconds is repeated past the clock's grain, which reads $reads", async ({ own, from }) => {
  const { clock, passes } = coarseClock(own, 100, from);
  const { steps } = await timeRecorded(device, [step], undefined, clock);
  const repeats = passes.at(-1) ?? 0;
  expect(steps[0].repeats).toBe(repeats);
  // One grain of a hundred microseconds in two milliseconds.
  expect(own * repeats).toBeGreaterThan(1900);
  expect(Math.abs(1e6 * steps[0].seconds - own) / own).toBeLessThan(0.055);
});

test("what takes long is measured once; what takes next to nothing ends", async () => {
  const long = coarseClock(7000, 100, 0);
  expect((await timeRecorded(device, [step], undefined, long.clock)).steps).toEqual([{ seconds: 7e-3, repeats: 1 }]);
  const nothing = coarseClock(0, 100, 0);
  expect((await timeRecorded(device, [step], undefined, nothing.clock)).steps).toEqual([{ seconds: 0, repeats: 1024 }]);
});
