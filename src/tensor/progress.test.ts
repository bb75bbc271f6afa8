import { expect, test } from "vitest";
import { parallelJobs, type Progress } from "./progress.ts";

test("parts side by side report as one, and stop by the same signal", () => {
  const heard: Progress[] = [];
  const { signal } = new AbortController();
  const { a, b } = parallelJobs({ signal, onProgress: (progress) => heard.push(progress) }, "both", ["a", "b"]);
  a.onProgress?.({ stage: "first", done: 0, total: 3 });
  b.onProgress?.({ stage: "second", done: 1, total: 10 });
  a.onProgress?.({ stage: "first", done: 2, total: 3 });
  expect(heard).toEqual([
    { stage: "both", done: 0, total: 3 },
    { stage: "both", done: 1, total: 13 },
    { stage: "both", done: 3, total: 13 },
  ]);
  expect([a.signal, b.signal]).toEqual([signal, signal]);
});
