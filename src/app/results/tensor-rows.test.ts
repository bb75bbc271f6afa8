import { describe, expect, it } from "vitest";
import { fakeTensors } from "../testing/fake-tensors.ts";
import { blockTree, difficultyMap, NETWORK_ORDER, tensorRows, WHOLE } from "./tensor-rows.ts";

const tensors = fakeTensors(12);
const names = (rows: readonly { readonly name: string }[]): string[] => rows.map(({ name }) => name);

describe("tensorRows", () => {
  it("keeps the order of the network, and the branch's part of it", () => {
    expect(tensorRows(tensors, WHOLE, "", NETWORK_ORDER, 2)).toEqual(tensors);
    expect(names(tensorRows(tensors, { block: 3, layer: "attn.qkv" }, "", NETWORK_ORDER, 2))).toEqual([
      "blocks.3.attn.qkv.weight",
      "blocks.3.attn.qkv.bias",
    ]);
    expect(names(tensorRows(tensors, { block: "outside", layer: null }, "", NETWORK_ORDER, 2))).toEqual(
      ["patch_embed", "norm", "head"].flatMap((layer) => [`${layer}.weight`, `${layer}.bias`]),
    );
  });

  it("searches for all words, in any order and case", () => {
    expect(names(tensorRows(tensors, WHOLE, " WEIGHT  blocks.11 fc", NETWORK_ORDER, 2))).toEqual([
      "blocks.11.mlp.fc1.weight",
      "blocks.11.mlp.fc2.weight",
    ]);
  });

  it("orders by a number, tensors without it last both ways", () => {
    for (const isDescending of [false, true]) {
      const rows = tensorRows(tensors, WHOLE, "", { column: "preview", isDescending }, 2);
      const values = rows.map(({ previewDb }) => previewDb?.[2] ?? null);
      const count = tensors.filter(({ previewDb }) => previewDb !== null).length;
      expect(values.slice(count).every((value) => value === null)).toBe(true);
      const known = values.slice(0, count).map(Number);
      expect(known).toEqual(known.toSorted((a, b) => (isDescending ? b - a : a - b)));
    }
  });

  it("orders names with numbers as numbers", () => {
    const rows = names(tensorRows(tensors, WHOLE, "norm1.weight", { column: "name", isDescending: false }, 2));
    expect(rows[2]).toBe("blocks.2.norm1.weight");
    expect(rows.at(-1)).toBe("blocks.11.norm1.weight");
  });
});

it("blockTree: what lies outside first, shares that add up, the weakest weight", () => {
  const tree = blockTree(tensors, 2);
  expect(tree.map(({ block }) => block)).toEqual(["outside", ...Array(12).keys()]);
  expect(tree.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  const own = tensors.filter(({ block }) => block === 5).flatMap(({ previewDb }) => previewDb?.[2] ?? []);
  expect(tree[6]?.weakestDb).toBe(Math.min(...own));
});

it("difficultyMap: matrix weights of the blocks", () => {
  const map = difficultyMap(tensors);
  expect(map.layers).toEqual(["attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2"]);
  expect(map.cells.size).toBe(48);
  expect(map.cells.get("mlp.fc2@11")?.name).toBe("blocks.11.mlp.fc2.weight");
});
