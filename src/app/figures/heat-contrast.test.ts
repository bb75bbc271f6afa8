import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TEXT_FLIPS } from "../results/error-map.ts";

/**
 * The numbers on the error strip must be readable at every level, in both themes: 4.5 : 1 (WCAG 2.2, 1.4.3), from the colours in styles.css.
 * Oklab as its author publishes it (B. Ottosson, 2020); relative luminance as WCAG defines it.
 */
const css = readFileSync(new URL("../styles.css", import.meta.url), "utf8");
type Triple = readonly [number, number, number];

function stops(theme: "light" | "dark"): readonly Triple[] {
  return [0, 1, 2].map((stop) => {
    const match = new RegExp(`--heat-${stop}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
    const hex = match?.[theme === "light" ? 1 : 2];
    if (hex === undefined) throw new Error(`styles.css has no --heat-${stop}`);
    return oklabOf([1, 3, 5].map((at) => linear(parseInt(hex.slice(at, at + 2), 16) / 255)) as unknown as Triple);
  });
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

function oklabOf([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function luminanceOf([lightness, a, b]: Triple): number {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (x: number): number => Math.min(1, Math.max(0, x));
  const red = clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("numbers on the error strip", () => {
  it.each(["light", "dark"] as const)("are readable at every level in %s", (theme) => {
    const [clean, middle, lost] = stops(theme) as unknown as readonly [Triple, Triple, Triple];
    for (let level = 0; level <= 1; level += 0.005) {
      const [from, to, share] = level < 0.5 ? [clean, middle, level * 2] : [middle, lost, level * 2 - 1];
      const luminance = luminanceOf(from.map((x, i) => x + ((to[i] ?? 0) - x) * share) as unknown as Triple);
      const isWhite = theme === "light" ? level >= TEXT_FLIPS.light : level < TEXT_FLIPS.dark;
      const contrast = isWhite ? 1.05 / (luminance + 0.05) : (luminance + 0.05) / 0.05;
      expect(contrast, `level ${level.toFixed(3)}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});
