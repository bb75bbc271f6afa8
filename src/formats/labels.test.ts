import { expect, test } from "vitest";
import { expectCode } from "../testing/expect-code.ts";
import { textSource } from "../testing/raw-files.ts";
import { tensor } from "../tensor/tensor.ts";
import { fromBytes } from "./byte-source.ts";
import { parseLabelTable } from "./label-table.ts";
import { labelIndices, readLabels, rowsOf } from "./labels.ts";
import { writeNpy } from "./npy.ts";

test("a row without file name or label is named by its line", async () => {
  const table = parseLabelTable("filename,label\na.png,3\nb.png,", "labels.csv");
  expect((await expectCode("LABELS_INVALID", () => rowsOf(table, { file: "filename", label: "label" }))).message).toContain("Line 3");
});

test("labels are indices, or names the model lists", async () => {
  const rows = [
    { filename: null, label: "1" },
    { filename: null, label: "cube" },
  ];
  expect([...labelIndices(rows, 3, ["ball", "ring", "cube"])]).toEqual([1, 2]);
  await expectCode("LABEL_UNKNOWN", () => labelIndices(rows, 3, null));
  await expectCode("LABEL_UNKNOWN", () => labelIndices([{ filename: null, label: "3" }], 3, null));
});

test("reads labels from npy", async () => {
  const source = fromBytes(writeNpy(tensor([3], Float32Array.of(2, 0, 1))), "labels.npy");
  expect((await readLabels(source)).rows.map(({ label }) => label)).toEqual(["2", "0", "1"]);
});

test("reads a table by its guessed columns, or by those that are asked for", async () => {
  const source = textSource("file_name,fine,coarse\na.png,3,0\nb.png,1,1\n", "labels.csv");
  const columns = { file: "1", label: "coarse" };
  expect(await readLabels(source, columns)).toEqual({
    columns: { file: "file_name", label: "coarse" },
    rows: [
      { filename: "a.png", label: "0" },
      { filename: "b.png", label: "1" },
    ],
  });
  await expectCode("LABEL_COLUMNS", () => readLabels(source));
  await expectCode("LABEL_COLUMNS", () => readLabels(source, { file: "4", label: "coarse" }));
  expect(await readLabels(textSource('{"file_name":"a.png","label":2}\n', "metadata.jsonl"))).toEqual({
    columns: { file: "file_name", label: "label" },
    rows: [{ filename: "a.png", label: "2" }],
  });
});
