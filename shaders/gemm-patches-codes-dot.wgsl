requires packed_4x8_integer_dot_product;
// gemm-codes-dot of the patches of images: patchify to codes as its prologue, with the words of both one after the other.
// x: [B,C,H,W] f32. weight, column_f, column_i, residual, y and the row maps as in gemm-codes-dot.
//include lib/gemm-codes-dot-block8.wgsl
//include lib/gemm-codes-blocks.wgsl
//include lib/gemm-patches.wgsl
//include lib/gemm-patches-codes.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_stride: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32, gelu: u32, has_residual: u32, quantize: u32,
  patches: u32, patch_columns: u32, depth: u32, patch_size: u32, height: u32, width: u32,
  inverse_scale: f32, zero: f32, code_max: f32,
}
override CONTAINER: u32 = 8; // bits that a stored weight code takes: 2, 4 or 8
fn gemm_codes_word(_row: u32, base: u32, k: u32) -> u32 { return codes_pack(patch_codes(base, k)); }

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (gemm_codes_blocks_exists(id)) { gemm_codes_blocks(id, params.depth4); }
}
