import { expect, it } from "vitest";
import { parseLabelTable } from "../../formats/label-table.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { fakeCard } from "../testing/fake-data.ts";
import { labelImages } from "./label-file.ts";

const paths = ["photos/a.png", "photos/b.png"];
const card = fakeCard(4);
const label = (text: string, asked: Parameters<typeof labelImages>[2] = null) =>
  labelImages(paths, parseLabelTable(text, "labels.csv"), asked, card);

it("reads filename and label without a question", () => {
  expect(label("filename,label\na.png,3\nb.png,1")).toMatchObject({ mapping: { labels: [3, 1] }, file: { by: "file" } });
  expect(labelImages(paths, null, null, card)).toMatchObject({ mapping: { source: "none" }, file: null });
});

it("guesses among other columns, and shows the first rows", () => {
  const rows = Array.from({ length: 9 }, (_, i) => `${i},x/${"ab"[i] ?? "c"}.png,${i}`).join("\n");
  expect(label(`nr,image,class\n${rows}`)).toMatchObject({
    mapping: { labels: [0, 1] },
    file: { by: "guess", used: { file: "image", label: "class" }, rows: [["0", "x/a.png", "0"], {}, {}, {}], rowCount: 9 },
  });
});

it("leaves images without labels where it cannot tell, or where what it took is no class", () => {
  expect(label("image,fine,coarse\na.png,1,2").file).toMatchObject({ used: null, problem: null });
  const wrong = label("image,label,kind\na.png,999,2\nb.png,3,4");
  expect(wrong.mapping.labels).toEqual([null, null]);
  expect(wrong.file?.problem).toMatch(/999/);
});

it("columns that a person picks are read, or refused", async () => {
  const text = "image,label,kind\na.png,999,2\nb.png,3,4";
  expect(label(text, { file: "image", label: "kind" })).toMatchObject({ mapping: { labels: [2, 4] }, file: { by: "person" } });
  await expectCode("LABEL_UNKNOWN", () => label(text, { file: "image", label: "label" }));
  await expectCode("LABEL_COLUMNS", () => label(text, { file: "image", label: "nothing" }));
});

it("finds files that the table names without their extension", () => {
  expect(label("id,label\na,3\nb,1").mapping.labels).toEqual([3, 1]);
});
