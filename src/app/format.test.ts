import { expect, it } from "vitest";
import { createTimeLeft } from "./actions/time-left.ts";
import {
  formatBits,
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatRate,
  formatDb,
  formatNats,
  formatNumber,
  formatPercent,
  formatTimeLeft,
} from "./format.ts";

it("writes times, rates and changes of a profile", () => {
  expect([0, 4e-9, 4e-6, 0.00125, 2.5].map(formatDuration)).toEqual(["0.0 ms", "4.00 ns", "4.00 µs", "1.3 ms", "2.5 s"]);
  expect([0, 950, 5.6e9, 1.1e13].map((rate) => formatRate(rate, "OP/s"))).toEqual(["0.00 OP/s", "950 OP/s", "5.60 GOP/s", "11.0 TOP/s"]);
  expect([-0.125, 0.5, 0.0001].map(formatChange)).toEqual(["−12.5 %", "+50.0 %", "±0.0 %"]);
});

it("writes numbers with no more digits than mean something", () => {
  expect([999, 1500, 11_534_336, 88_200_000, 9_996_000, 2.5e9].map(formatBytes)).toEqual([
    "999 B",
    "1.50 kB",
    "11.5 MB",
    "88.2 MB",
    "10.0 MB",
    "2.50 GB",
  ]);
  expect([1000, 22_050_664, 86_567_656].map(formatCount)).toEqual(["1,000", "22.1 M", "86.6 M"]);
  expect([0, 0.90625, 1, NaN].map(formatPercent)).toEqual(["0 %", "90.6 %", "100 %", "n/a"]);
  expect([12.34, Infinity, NaN].map(formatDb)).toEqual(["12.3 dB", "exact", "undefined"]);
  expect([0.021345, -1.4159, 3.14e-7, 0, 250_000].map(formatNumber)).toEqual(["0.0213", "-1.42", "3.1e-7", "0", "2.5e+5"]);
  expect([0, 3e-16, 0.00012, 0.5].map(formatNats)).toEqual(["0.000 nats", "0.000 nats", "1.2e-4 nats", "0.500 nats"]);
  expect([4, 4.125, 4.0004, NaN].map(formatBits)).toEqual(["4", "4.13", "4", "n/a"]);
  expect([0.4, 12.2, 150].map(formatTimeLeft)).toEqual(["about a second left", "about 12 s left", "about 3 min left"]);
});

it("estimates the time left from the pace of the phase", () => {
  let nowMs = 0;
  const timeLeft = createTimeLeft(() => nowMs);
  const at = (ms: number, done: number, total = 10): number | null => {
    nowMs = ms;
    return timeLeft({ stage: "calibrating", done, total });
  };
  expect(at(0, 0)).toBeNull();
  expect(at(900, 3)).toBeNull(); // too early to say
  expect(at(2000, 4)).toBe(3); // half a second each, six to go
  expect(at(2100, 0, 50)).toBeNull(); // a new phase
  expect(at(4100, 20, 50)).toBe(3); // a tenth each, thirty to go
});
