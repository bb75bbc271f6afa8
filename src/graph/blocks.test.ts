import { expect, test } from "vitest";
import { blockPlaces, blockPrefix } from "./blocks.ts";

test("prefixes of plain blocks and of blocks in stages", () => {
  expect(blockPrefix("blocks.11.attn.qkv")).toBe("blocks.11.");
  expect(blockPrefix("layers.1.blocks.0.norm1")).toBe("layers.1.blocks.0.");
  expect(blockPrefix("layers.1.downsample.norm")).toBeNull();
  expect(blockPrefix("head")).toBeNull();
});

test("blocks are counted through all stages", () => {
  const place = blockPlaces([
    "tokens",
    "layers.0.blocks.0.norm1",
    "layers.0.blocks.0.add2",
    "layers.0.blocks.1.norm1",
    "layers.1.blocks.0.norm1",
  ]);
  expect(place("layers.0.blocks.0.add2")).toEqual({ block: 0, role: "add2" });
  expect(place("layers.1.blocks.0.norm1")).toEqual({ block: 2, role: "norm1" });
  expect(place("tokens")).toEqual({ block: null, role: "tokens" });
});
