requires packed_4x8_integer_dot_product;
// Integer GEMM from packed codes on the packed integer dot product (dot4U8Packed), accumulated in 32 bits: 8 rows x 8 columns per invocation.
//include lib/gemm-codes-dot-layer.wgsl
//include lib/gemm-codes-dot-block8.wgsl
//include lib/gemm-codes-blocks.wgsl
const BLOCK_ROWS = 8u;
const BLOCK_COLUMNS4 = 2u;

fn gemm_codes_word(_row: u32, base: u32, k: u32) -> u32 { return x[base + k]; }

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (gemm_codes_blocks_exists(id)) { gemm_codes_blocks(id, params.depth4); }
}
