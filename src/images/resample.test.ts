import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ResampleFilter } from "./filters.ts";
import { resample } from "./resample.ts";
import { patternPixels } from "./testing-pattern.ts";

interface ResampleCase {
  readonly filter: ResampleFilter;
  readonly from: [number, number];
  readonly to: [number, number];
  readonly hex?: string;
  readonly sha256?: string;
}
const golden = JSON.parse(readFileSync(new URL("goldens/resample.json", import.meta.url), "utf8")) as { cases: ResampleCase[] };

describe("equals Pillow's Image.resize to the bit", () => {
  test.each(golden.cases)("$filter $from -> $to", ({ filter, from, to, hex, sha256 }) => {
    const result = resample(patternPixels(...from), ...to, filter);
    expect([result.width, result.height]).toEqual(to);
    if (hex !== undefined) expect(Buffer.from(result.rgb).toString("hex")).toBe(hex);
    else expect(createHash("sha256").update(result.rgb).digest("hex")).toBe(sha256);
  });

  test("the goldens hold every filter", () => {
    expect(new Set(golden.cases.map((c) => c.filter)).size).toBe(6);
  });
});

describe("a region equals the same part of the whole", () => {
  const image = patternPixels(37, 29);
  const targets: [number, number][] = [
    [60, 50],
    [13, 11],
    [37, 11],
    [13, 29],
    [37, 29],
  ];
  const filters: ResampleFilter[] = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"];
  test.each(targets.flatMap(([w, h]) => filters.map((filter) => ({ w, h, filter }))))("$filter to $w x $h", ({ w, h, filter }) => {
    const region = { left: 3, top: 2, width: 7, height: 6 };
    const whole = resample(image, w, h, filter);
    const expected: number[] = [];
    for (let y = 0; y < region.height; y++) {
      for (let i = 0; i < region.width * 3; i++) expected.push(whole.rgb[((y + region.top) * w + region.left) * 3 + i]);
    }
    expect([...resample(image, w, h, filter, region).rgb]).toEqual(expected);
  });

  test("a region outside of the result is a bug of the caller", () => {
    expect(() => resample(image, 10, 10, "box", { left: 4, top: 0, width: 7, height: 10 })).toThrow(/^internal:/);
  });
});
