import { describe, expect, it } from "vitest";
import type { LayerError } from "../../runner/comparison.ts";
import { cellOf, errorLevel, errorMap, moveCursor } from "./error-map.ts";
import { imagesCsv, layersCsv } from "./export.ts";
import { filterRows } from "./image-rows.ts";
import type { ImageRow } from "./image-rows.ts";
import { argmaxOfRow, klOfRow, markOf, mostChanged, pairedTop, softmaxRow, topClasses } from "./predictions.ts";

describe("predictions", () => {
  const logits = new Float32Array([0, Math.log(3), 0, 1000, 1000, 0]);
  it("turns logits into shares, also large ones", () => {
    const shares = softmaxRow(logits, 3, 0);
    [0.2, 0.6, 0.2].forEach((share, c) => expect(shares[c]).toBeCloseTo(share, 6));
    expect([...softmaxRow(logits, 3, 1)]).toEqual([0.5, 0.5, 0]);
  });
  it("takes the first of equal logits", () => {
    expect([argmaxOfRow(logits, 3, 0), argmaxOfRow(logits, 3, 1)]).toEqual([1, 0]);
    expect(topClasses(new Float64Array([0.2, 0.6, 0.2]), 2)).toEqual([1, 0]);
  });
  it("pairs both tops without repeating a class, and leaves out what neither believes in", () => {
    expect(pairedTop(new Float64Array([0.9999, 0.0001, 0]), new Float64Array([0.9995, 0, 0.0005]), 3).map((row) => row.classIndex)).toEqual(
      [0, 2],
    );
    const rows = pairedTop(new Float64Array([0.5, 0.3, 0.2, 0]), new Float64Array([0, 0.3, 0.1, 0.6]), 2);
    expect(rows).toEqual([
      { classIndex: 0, float: 0.5, quantized: 0 },
      { classIndex: 1, float: 0.3, quantized: 0.3 },
      { classIndex: 3, float: 0, quantized: 0.6 },
    ]);
  });
  it("marks images", () => {
    expect([markOf(1, 1, 1), markOf(1, 1, null), markOf(1, 2, 1), markOf(1, 1, 2), markOf(1, 2, 2)]).toEqual([
      "same",
      "same",
      "flip",
      "rescued",
      "flip",
    ]);
  });
  it("finds the images that moved most", () => {
    const floatLogits = Float32Array.of(1, 0, 1, 0, 1, 0);
    expect(mostChanged({ floatLogits, quantizedLogits: Float32Array.of(1, 0, -1, 0, 0.5, 0), classes: 2 }, 2)).toEqual([1, 2]);
    expect(mostChanged({ floatLogits, quantizedLogits: floatLogits, classes: 2 }, 4)).toEqual([0, 1, 2]);
  });
  it("measures KL in nats", () => {
    expect(klOfRow(new Float64Array([1, 0]), new Float64Array([0.5, 0.5]))).toBeCloseTo(Math.LN2, 12);
    expect(klOfRow(new Float64Array([0.25, 0.75]), new Float64Array([0.25, 0.75]))).toBe(0);
  });
});

describe("error map", () => {
  const layer = (block: number | null, role: string, sqnrDb = 20): LayerError => ({
    name: `${block}.${role}`,
    block,
    role,
    sqnrDb,
    cosine: 1,
  });
  it("has roles as rows and blocks as columns, with holes", () => {
    const map = errorMap([layer(null, "patch_embed"), layer(0, "qkv"), layer(0, "fc2"), layer(1, "qkv"), layer(null, "head")]);
    expect([map.roles, map.blocks]).toEqual([["qkv", "fc2"], [0, 1]]); // prettier-ignore
    expect(map.cells.map((row) => row.map((cell) => cell?.name ?? null))).toEqual([
      ["0.qkv", "1.qkv"],
      ["0.fc2", null],
    ]);
    expect(map.outside.map((cell) => cell.role)).toEqual(["patch_embed", "head"]);
  });
  it("finds a layer's cell, or starts at the first", () => {
    const map = errorMap([layer(0, "qkv"), layer(0, "fc2"), layer(1, "qkv"), layer(1, "fc2")]);
    expect([cellOf(map, "1.fc2"), cellOf(map, "head"), cellOf(map, null)]).toEqual([
      { row: 1, column: 1 },
      { row: 0, column: 0 },
      { row: 0, column: 0 },
    ]);
  });
  it("moves the cursor inside the map only", () => {
    expect(moveCursor({ row: 0, column: 0 }, "ArrowLeft", 2, 3)).toEqual({ row: 0, column: 0 });
    expect(moveCursor({ row: 0, column: 0 }, "ArrowDown", 2, 3)).toEqual({ row: 1, column: 0 });
    expect(moveCursor({ row: 1, column: 2 }, "ArrowRight", 2, 3)).toEqual({ row: 1, column: 2 });
    expect(moveCursor({ row: 1, column: 2 }, "Home", 2, 3)).toEqual({ row: 1, column: 0 });
    expect(moveCursor({ row: 0, column: 0 }, "Tab", 2, 3)).toBeNull();
  });
  it("scales error from 40 dB down to 0 dB", () => {
    expect([Infinity, 40, 20, 0, -5, NaN].map(errorLevel)).toEqual([0, 0, 0.5, 1, 1, 1]);
  });
});

describe("downloads", () => {
  const row = (name: string, mark: ImageRow["mark"]): ImageRow => ({
    image: { id: name, name, label: 1, thumbnail: { width: 1, height: 1 } as ImageBitmap },
    floatClass: 1,
    quantizedClass: 0,
    floatShare: 0.5,
    quantizedShare: 0.25,
    otherClass: null,
    mark,
    klDivergence: 0.125,
    margin: 1,
    isNearTie: false,
    index: 0,
    top: [],
  });
  it("quotes what CSV needs quoted, and keeps names from becoming formulas", () => {
    const text = imagesCsv([row('a,"b".png', "flip"), row("=cmd.png", "same")], ["cat", "dog"]);
    expect(text.split("\r\n").slice(1)).toEqual([
      '"a,""b"".png",dog,dog,0.5,cat,0.25,flip,0.125',
      "'=cmd.png,dog,dog,0.5,cat,0.25,same,0.125",
      "",
    ]);
    expect(layersCsv([{ name: "head", block: null, role: "head", sqnrDb: -3.5, cosine: 0.5 }])).toBe(
      "name,block,role,sqnr_db,cosine\r\nhead,,head,-3.5,0.5\r\n",
    );
  });
  it("filters by mark", () => {
    const rows = [row("a", "flip"), row("b", "same"), row("c", "rescued")];
    expect([filterRows(rows, "all").length, filterRows(rows, "rescued")[0]?.image.name]).toEqual([3, "c"]);
  });
});
