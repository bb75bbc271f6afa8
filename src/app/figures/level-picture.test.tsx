import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { schemes, type SchemeName } from "../../quant/schemes/index.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { histogramOf } from "../../quant/observers/histogram.ts";
import type { Scheme } from "../../quant/schemes/scheme.ts";
import { levelLayout } from "../results/level-layout.ts";
import { LevelPicture, levelRows } from "./level-picture.tsx";

/** Twenty probabilities in each octave from 1 down to 2^-20. */
const values = Float32Array.from({ length: 400 }, (_, i) => 2 ** (-(i + 0.5) / 20));

function bookOf(name: SchemeName, bits: number) {
  const { scale, zeroPoint, parameters } = schemes[name].fit({ low: 0, high: 1 }, bits);
  const quantizer: Quantizer = {
    scheme: name,
    bits,
    levels: "strict",
    scale: Float32Array.of(scale),
    zeroPoint: zeroPoint === null ? new Float32Array(0) : Float32Array.of(zeroPoint),
    axis: null,
    ...(parameters ? { parameters } : {}),
  };
  const { codebook }: Scheme = schemes[name];
  if (!codebook) throw new Error(`${name} has no codebook`);
  return codebook(quantizer);
}

const codesOf = (html: string) => [...html.matchAll(/fill="var\(--quantized\)">(\d+)</g)].map((match) => Number(match[1]));
const count = (html: string, part: string) => html.split(part).length - 1;

describe("level picture", () => {
  const draw = (name: SchemeName, bits: number, axis: "linear" | "log") =>
    renderToStaticMarkup(
      <LevelPicture name="blocks.0 softmax" width={402} histogram={histogramOf(values, bits)} codebook={bookOf(name, bits)} axis={axis} />,
    );

  it("draws every level of a codebook, unused ones dashed, and says so in words", () => {
    const html = draw("twin-softmax", 4, "linear");
    expect(count(html, 'stroke="var(--quantized)"')).toBe(16);
    // Split 1/16 of seven steps: of the high codes only 0 repeats a low level.
    expect(count(html, "stroke-dasharray")).toBe(1);
    expect(html).toContain('aria-label="blocks.0 softmax: 15 of 16 levels are used"');
    // Low levels lie 3.4 pixels apart and the repeated zero on the first: of nine, codes at 0 and 13.6 pixels are written, then the seven high ones.
    expect(codesOf(html)).toEqual([0, 4, 9, 10, 11, 12, 13, 14, 15]);
  });

  it("leaves codes out where there are too many to read", () => {
    const html = draw("uniform", 8, "linear");
    expect(count(html, 'stroke="var(--quantized)"')).toBe(256);
    expect(count(html, 'fill="var(--quantized)"')).toBe(0);
  });

  it("has a column for what the octaves do not reach", () => {
    expect(draw("log2", 3, "log")).toContain(">less</text>");
    expect(draw("log2", 3, "linear")).not.toContain(">less</text>");
  });

  it("draws bars for the values, none outside of the picture", () => {
    const html = draw("log2", 3, "log");
    const bars = [...html.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map((match) =>
      match.slice(1).map(Number),
    );
    expect(bars.length).toBeGreaterThan(20);
    for (const [x, y, width, height] of bars) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(402);
      expect(y).toBeGreaterThanOrEqual(15.99);
      expect(y + height).toBeCloseTo(158, 6);
    }
  });

  it("has the levels as a table", () => {
    const layout = levelLayout({ histogram: histogramOf(values, 2), codebook: bookOf("log2", 2), axis: "log" }, 10);
    // Half an octave goes to 1, whole ones to 1/2 and 1/4, the other seventeen and a half to 0.
    expect(levelRows(layout)).toEqual([
      [3, "0", "87.5 %"],
      [2, "0.2500", "5.0 %"],
      [1, "0.5000", "5.0 %"],
      [0, "1.000", "2.5 %"],
    ]);
  });
});
