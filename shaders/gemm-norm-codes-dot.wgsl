requires packed_4x8_integer_dot_product;
// gemm-codes-dot of a normalized x: LayerNormalization or RMSNorm to codes as its prologue, with the words of layer-norm or rms-norm and
// gemm-codes-dot one after the other. For one grid of codes, no residual.
// x: [rows, ceil(K/4)] vec4. gain, shift: [ceil(K/4)] vec4, the step and the zero point of the codes folded in; norm_max: the largest code.
// weight, column_f, column_i, y and the row maps as in gemm-codes-dot.
//include lib/gemm-codes-dot-block8.wgsl
//include lib/gemm-codes-blocks.wgsl
//include lib/gemm-norm.wgsl
//include lib/gemm-norm-codes.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_stride: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32, gelu: u32, has_residual: u32, quantize: u32,
  columns: u32, inverse_columns: f32, epsilon: f32, norm_max: f32,
}
override CONTAINER: u32 = 8; // bits that a stored weight code takes: 2, 4 or 8
fn gemm_codes_word(r: u32, base: u32, k: u32) -> u32 {
  return codes_pack(codes_clamp(round(gemm_norm_quad(r, base, k)), vec4f(params.norm_max)));
}

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (!gemm_codes_blocks_exists(id)) { return; }
  gemm_norm_start(BLOCK_ROWS * id.y);
  gemm_codes_blocks(id, params.depth4);
}
