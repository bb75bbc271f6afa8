import { expect, test } from "vitest";
import { expectCode } from "../testing/expect-code.ts";
import { tensor } from "../tensor/tensor.ts";
import { fromBytes } from "./byte-source.ts";
import { labelIndices, parseLabelCsv, readLabels } from "./labels.ts";
import { writeNpy } from "./npy.ts";

test("reads filename and label wherever they stand, quotes included", () => {
  const rows = parseLabelCsv('role,label,filename\ntest,3,a.png\r\ntest,"red, round","b ""x"".png"\n\n', "labels.csv");
  expect(rows).toEqual([
    { filename: "a.png", label: "3" },
    { filename: 'b "x".png', label: "red, round" },
  ]);
});

test("refuses files without the columns and incomplete lines, naming them", async () => {
  expect((await expectCode("LABELS_INVALID", () => parseLabelCsv("file,class\na,1", "labels.csv"))).message).toContain("file, class");
  expect((await expectCode("LABELS_INVALID", () => parseLabelCsv("filename,label\na.png,", "labels.csv"))).message).toContain("Line 2");
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
  expect((await readLabels(source)).map(({ label }) => label)).toEqual(["2", "0", "1"]);
});
