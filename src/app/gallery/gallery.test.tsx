import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { AttentionMap, mapCosine } from "../figures/attention-view.tsx";
import { movedIndex, nearest } from "../figures/plot-frame.tsx";
import { RangePicture } from "../figures/range-picture.tsx";
import { RankingTable } from "../figures/ranking-table.tsx";
import { SplitTable } from "../figures/split-table.tsx";
import { shadeOf, TokenMap } from "../figures/token-map.tsx";
import * as data from "./fixtures.ts";
import { PLOTS } from "./gallery.tsx";

/** Charts of the Plot library need a document; e2e/gallery.spec.ts has their snapshots. */
const NEEDS_DOCUMENT = ["layers", "residual", "margins", "scatter", "pareto", "roofline"];
const count = (html: string, part: string | RegExp) => html.split(part).length - 1;

describe("gallery", () => {
  it.each(PLOTS.filter(({ id }) => !NEEDS_DOCUMENT.includes(id)))("$id looks as it did", ({ id, draw }) => {
    const html = renderToStaticMarkup(draw(480));
    expect(html).toMatch(/<svg|<table/);
    return expect(`${html.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot(`snapshots/${id}.svg.txt`);
  });
});

describe("range picture", () => {
  it("has an upright line for every channel on either side, inside of the picture", () => {
    const before = { low: Float32Array.of(-1, -8, 0), high: Float32Array.of(1, 8, 0) };
    const after = { low: Float32Array.of(-2, -2, -2), high: Float32Array.of(2, 2, 2) };
    const html = renderToStaticMarkup(<RangePicture name="x" width={400} before={before} after={after} />);
    const paths = [...html.matchAll(/ d="((?:M[\d.]+ [\d.]+V[\d.]+)+)"/g)].map(([, path]) => [
      ...(path ?? "").matchAll(/M([\d.]+) ([\d.]+)V([\d.]+)/g),
    ]);
    expect(paths.map((lines) => lines.length)).toEqual([3, 3]);
    const heights = paths.map((lines) => lines.map(([, , from, to]) => Number(from) - Number(to)));
    // The wide channel of the first side is eight times the narrow one; a channel of one value is still a pixel high; equal ones are equal.
    expect(heights[0]?.[1]).toBeCloseTo(8 * (heights[0]?.[0] ?? 0), 0);
    expect(heights[0]?.[2]).toBeCloseTo(1, 6);
    expect(new Set(heights[1]).size).toBe(1);
    for (const [, x, , top] of paths.flat()) {
      expect(Number(x)).toBeLessThan(400);
      expect(Number(top)).toBeGreaterThan(0);
    }
  });
});

describe("token map", () => {
  it("shades by doublings above four times the median, and leaves the rest blank", () => {
    expect([3.9, 4, 7.9, 8, 127, 128, 4000].map((value) => shadeOf(value, 1))).toEqual([null, 0, 0, 1, 4, 5, 5]);
    expect(shadeOf(5, 0)).toBe(5);
    const html = renderToStaticMarkup(<TokenMap map={data.tokens} width={480} />);
    // The planted 240 is alone in the darkest shade: one rectangle.
    const darkest = html.match(/<path d="([^"]+)" fill="[^"]*--heat-2\) 100%/)?.[1] ?? "";
    expect(count(darkest, "M")).toBe(1);
  });
});

describe("tables of the diagnosis", () => {
  it("colours the four cells by their share of the worst, and writes every number", () => {
    const html = renderToStaticMarkup(<SplitTable split={data.split} />);
    for (const text of ["0.000 nats", "0.041 nats", "0.512 nats", "0.566 nats", "exact"]) expect(html).toContain(text);
    expect(html).toContain("--heat-2) 100%");
  });

  it("draws what is won back, hatched with a minus sign where something is lost", () => {
    const html = renderToStaticMarkup(<RankingTable ranking={data.ranking("without")} limit={6} />);
    expect(html).toContain("−0.010 nats");
    expect(count(html, "ranking-bar negative")).toBe(1);
    const widths = [...html.matchAll(/width:([\d.]+)%/g)].map(([, width]) => Number(width));
    expect(widths.length).toBe(6);
    expect(widths[0]).toBeCloseTo(70, 6);
    // 0.189 won by the first, 0.0716 by the second.
    expect((widths[1] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(2 ** -1.4, 6);
    expect(count(renderToStaticMarkup(<RankingTable ranking={data.ranking("only")} limit={3} />), "<tr>")).toBe(4);
  });
});

describe("attention", () => {
  it("has a square for every patch, and signs where a signed map is far from 0", () => {
    const values = Float32Array.of(0, 1, -1, 0.1);
    const html = renderToStaticMarkup(<AttentionMap name="m" values={values} gridWidth={2} most={1} isSigned size={80} />);
    expect(count(html, "<rect")).toBe(4);
    expect([...html.matchAll(/>([+−])</g)].map(([, sign]) => sign)).toEqual(["+", "−"]);
    expect(renderToStaticMarkup(<AttentionMap name="m" values={values} gridWidth={2} most={1} isSigned size={8} />)).not.toContain("<text");
  });

  it("compares maps by direction", () => {
    const float = Float32Array.of(1, 0);
    expect(mapCosine({ float, quantized: Float32Array.of(3, 0) })).toBe(1);
    expect(mapCosine({ float, quantized: Float32Array.of(1, 1) })).toBeCloseTo(Math.SQRT1_2, 6);
    expect(mapCosine({ float, quantized: Float32Array.of(0, 0) })).toBe(0);
  });
});

describe("reading cursor", () => {
  it("moves by keys and stays inside", () => {
    expect(["ArrowRight", "ArrowLeft", "Home", "End", "x"].map((key) => movedIndex(null, key, 3))).toEqual([0, 2, 0, 2, null]);
    expect(["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"].map((key) => movedIndex(2, key, 3))).toEqual([2, 2, 1, 1]);
    expect(movedIndex(null, "ArrowRight", 0)).toBeNull();
  });

  it("finds the nearest point", () => {
    const points = [
      { x: 0, y: 0, text: "a" },
      { x: 10, y: 0, text: "b" },
    ];
    expect([nearest(points, 4, 9), nearest(points, 6, -9), nearest([], 0, 0)]).toEqual([0, 1, null]);
  });
});
