import code from "#shaders/attention-rows-codes-f32.wgsl?raw";
import { linearGrid, link, u32s, type Kernel } from "../kernel.ts";

/** Attention of 8 whole rows per invocation, in integers on f32 multiply-adds. Formula and layouts: shaders/attention-rows-codes-f32.wgsl. */
export const attentionRowsCodesF32: Kernel = {
  name: "attention-rows-codes-f32",
  code: link(code),
  params: [
    ...u32s(
      "tokens",
      "heads",
      "head4",
      "qkv_stride4",
      "key_offset4",
      "value_offset4",
      "out_stride4",
      "images",
      "head_dim",
      "q_entries",
      "k_entries",
      "bucket_shift",
      "bucket_first",
      "search_steps",
      "quantize",
    ),
    ["out_max", "f32"],
  ],
  bindings: ["qkv", "grids", "thresholds", "levels", "starts", "columns", "y"],
  constants: {},
  workgroups: ({ tokens, images, heads }) => linearGrid(images * heads * Math.ceil(tokens / 8), 4),
};
