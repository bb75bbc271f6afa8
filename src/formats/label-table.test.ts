import { describe, expect, it } from "vitest";
import { expectCode } from "../testing/expect-code.ts";
import { guessColumns, isPlain } from "./label-columns.ts";
import { holdsLabels, parseLabelTable } from "./label-table.ts";

const csv = (text: string) => parseLabelTable(text, "labels.csv");
const json = (value: unknown) => parseLabelTable(JSON.stringify(value), "labels.json");

describe("parseLabelTable", () => {
  it("reads quotes, semicolons, tabs, a byte order mark, and lines shorter than the first", () => {
    expect(csv('label,filename\r\n"red, round","b ""x"".png"\n\n').rows).toEqual([["red, round", 'b "x".png']]);
    expect(csv("\uFEFFfile;class\na.png;1\nb.png").rows).toEqual([
      ["a.png", "1"],
      ["b.png", ""],
    ]);
    expect(parseLabelTable("file\tclass\na, b.png\t1", "labels.tsv").rows).toEqual([["a, b.png", "1"]]);
  });

  it("numbers columns without headings and tells headings apart", () => {
    expect(csv("a.png,3\nb.png,1")).toMatchObject({ columns: ["column 1", "column 2"], rows: [{}, {}] });
    expect(csv("file,x,x,\na.png,1,2,3").columns).toEqual(["file", "x", "x, column 3", "column 4"]);
  });

  it("reads the usual forms of JSON", () => {
    const rows = [
      ["a.png", "3"],
      ["b.png", "cat"],
    ];
    expect(json({ "a.png": 3, "b.png": "cat" })).toMatchObject({ columns: ["filename", "label"], rows });
    expect(json([{ f: "a.png", c: 3 }, { c: "cat", f: "b.png", extra: [1] }])).toMatchObject({ columns: ["f", "c", "extra"] }); // prettier-ignore
    expect(json({ labels: rows })).toMatchObject({ rows });
    expect(json({ file: { 0: "a.png", 1: "b.png" }, y: { 0: 3, 1: "cat" } })).toMatchObject({ columns: ["file", "y"], rows });
    expect(json({ file: ["a.png", "b.png"], y: [3, "cat"] })).toMatchObject({ columns: ["file", "y"], rows });
  });

  it("refuses JSON that is none, or no table", async () => {
    await expectCode("LABELS_INVALID", () => parseLabelTable("{", "labels.json"));
    for (const value of [3, [], {}, [1, 2], { a: { b: 1 } }]) await expectCode("LABELS_INVALID", () => json(value));
  });

  it("knows labels from configurations", () => {
    expect(holdsLabels('{"a.png": 3}', "labels.json")).toBe(true);
    expect(holdsLabels('{"hidden_size": 192, "id2label": {"0": "cat"}}', "config.json")).toBe(false);
    expect(holdsLabels("{", "broken.json")).toBe(false);
  });
});

describe("guessColumns", () => {
  it("takes filename and label wherever they stand", () => {
    const table = csv("label,size,filename\n3,12,a.png");
    expect(guessColumns(table)).toEqual({ file: "filename", label: "label" });
    expect([isPlain(table), isPlain(csv("label,filename\n3,a.png"))]).toEqual([false, true]);
  });

  it("goes by what the cells hold before it goes by headings", () => {
    expect(guessColumns(csv("name,img_path,class_id,split\nAnna,x/a.jpg,3,test"))).toEqual({ file: "img_path", label: "class_id" });
    expect(guessColumns(csv("ImageId,Category\n0001,3\n0002,4"))).toEqual({ file: "ImageId", label: "Category" });
    expect(guessColumns(csv("a.png,3\nb.png,1"))).toEqual({ file: "column 1", label: "column 2" });
  });

  it("guesses nothing that it cannot tell", () => {
    expect(guessColumns(csv("file,fine,coarse\na.png,1,2"))).toBeNull();
    expect(guessColumns(csv("u,v\n1,2"))).toBeNull();
  });
});
