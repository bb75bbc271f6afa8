import { expect, test } from "vitest";
import { blockPlaces, blockPrefix } from "./blocks.ts";

test("prefixes of plain blocks and of blocks in stages", () => {
  expect(blockPrefix("blocks.11.attn.qkv")).toBe("blocks.11.");
  expect(blockPrefix("layers.1.blocks.0.norm1")).toBe("layers.1.blocks.0.");
  expect(blockPrefix("layers.1.downsample.norm")).toBeNull();
  expect(blockPrefix("stages.1.blocks.0.local_conv")).toBe("stages.1.blocks.0.");
  expect(blockPrefix("stages.1.downsample.conv1")).toBeNull();
  expect(blockPrefix("stages.0.0.conv1_1x1")).toBe("stages.0.0.");
  expect(blockPrefix("stages.2.1.conv_fusion.windows")).toBe("stages.2.1.");
  expect(blockPrefix("stages.2.1.transformer.10.mlp.fc1")).toBe("stages.2.1.transformer.10.");
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
