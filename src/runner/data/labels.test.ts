import { describe, expect, it } from "vitest";
import { auditLabels } from "./audit-labels.ts";
import { mapLabels } from "./map-labels.ts";

const codes = (mapping: ReturnType<typeof mapLabels>): string[] => mapping.traps.map(({ code }) => code);
const inFolders = (...folders: string[]): string[] => folders.map((folder, i) => `set/${folder}/${i}.jpg`);

describe("mapLabels by folders", () => {
  it("flat folders have no labels", () => {
    expect(mapLabels(["set/a.jpg", "set/b.jpg"], null, 10, null)).toMatchObject({ source: "none", labels: [null, null], traps: [] });
  });

  it("numbers are class indices, not places in an alphabet", () => {
    const mapping = mapLabels(inFolders("0", "1", "10", "2"), null, 11, null);
    expect(mapping.labels).toEqual([0, 1, 10, 2]);
    expect(codes(mapping)).toEqual(["NUMERIC_FOLDERS"]);
  });

  it("numbers from one to the number of classes begin at one", () => {
    const mapping = mapLabels(inFolders("1", "2", "3"), null, 3, null);
    expect(mapping.labels).toEqual([0, 1, 2]);
    expect(codes(mapping)).toContain("NUMBERS_FROM_ONE");
  });

  it("numbers beyond the classes mean nothing", () => {
    const mapping = mapLabels(inFolders("1", "700"), null, 10, null);
    expect(mapping.labels).toEqual([null, null]);
    expect(codes(mapping)).toEqual(["OUT_OF_RANGE"]);
  });

  it("names as the model lists them, one of several, however they are written", () => {
    const mapping = mapLabels(inFolders("Tinca_tinca", "golden-retriever", "unicorn"), null, 3, [
      "cat",
      "tench, Tinca tinca",
      "golden retriever",
    ]);
    expect(mapping.labels).toEqual([1, 2, null]);
    expect(codes(mapping)).toEqual(["UNKNOWN_NAMES", "PARTLY_LABELLED"]);
    expect(mapping.groups).toContainEqual({ name: "unicorn", label: null, count: 1 });
  });

  it("all WordNet ids: sorted order; a subset of them: no labels rather than wrong ones", () => {
    const complete = mapLabels(inFolders("n02084071", "n01440764", "n01443537"), null, 3, null);
    expect(complete.labels).toEqual([2, 0, 1]);
    expect(codes(complete)).toEqual(["SORTED_ORDER"]);
    const subset = mapLabels(inFolders("n02084071", "n01440764"), null, 1000, null);
    expect(subset.labels).toEqual([null, null]);
    expect(codes(subset)).toEqual(["SUBSET"]);
  });
});

describe("mapLabels by table", () => {
  const rows = (...pairs: [string, string][]) => pairs.map(([filename, label]) => ({ filename, label }));

  it("wins over folders; files that it does not name have no label", () => {
    const mapping = mapLabels(["0/a.jpg", "1/b.jpg"], rows(["a.jpg", "3"]), 5, null);
    expect(mapping).toMatchObject({ source: "table", labels: [3, null] });
    expect(codes(mapping)).toEqual(["PARTLY_LABELLED"]);
  });

  it("names the trap of the challenge's own numbering", () => {
    const mapping = mapLabels(
      ["ILSVRC2012_val_00000001.JPEG", "ILSVRC2012_val_00000002.JPEG"],
      rows(["ILSVRC2012_val_00000001.JPEG", "490"], ["ILSVRC2012_val_00000002.JPEG", "1000"]),
      1000,
      null,
    );
    expect(mapping.labels).toEqual([489, 999]);
    expect(codes(mapping)).toEqual(["NUMBERS_FROM_ONE", "ILSVRC_ORDER"]);
  });

  it("refuses labels that are no class", () => {
    expect(() => mapLabels(["a.jpg"], rows(["a.jpg", "7"]), 5, null)).toThrow(expect.objectContaining({ code: "LABEL_UNKNOWN" }));
  });

  it("warns when all are one class", () => {
    expect(codes(mapLabels(["a.jpg", "b.jpg"], rows(["a.jpg", "2"], ["b.jpg", "2"]), 5, null))).toEqual(["ONE_CLASS"]);
  });
});

describe("auditLabels", () => {
  const labels = Array.from({ length: 40 }, (_, i) => i % 8);

  it("agrees", () => expect(auditLabels(labels, labels).verdict).toBe("agrees"));
  it("finds a shift by one, either way", () => {
    expect(auditLabels(labels.map((label) => label + 1), labels)).toMatchObject({ verdict: "shifted", text: expect.stringContaining("plus one in 100 %") }); // prettier-ignore
    expect(auditLabels(labels.map((label) => label - 1), labels).verdict).toBe("shifted"); // prettier-ignore
  });
  it("finds another order", () => {
    const order = [5, 7, 0, 6, 1, 2, 3, 4];
    expect(auditLabels(labels.map((label) => order[label]), labels).verdict).toBe("other-order"); // prettier-ignore
  });
  it("a model that always says the same proves nothing", () => {
    expect(auditLabels(labels.map(() => 3), labels).verdict).toBe("unclear"); // prettier-ignore
  });
  it("few images prove nothing", () => expect(auditLabels([1, 2], [1, 2]).verdict).toBe("too-few"));
});
