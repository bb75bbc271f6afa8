// Integer GEMM from packed codes, executed on f32 multiply-adds: every product and partial sum is an integer below 2^24, hence exact; 8 rows x 8 columns per invocation.
//include lib/gemm-codes-f32-layer.wgsl
//include lib/gemm-codes-f32-block8.wgsl
//include lib/gemm-codes-blocks.wgsl
const BLOCK_ROWS = 8u;
const BLOCK_COLUMNS4 = 2u;

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (gemm_codes_blocks_exists(id)) { gemm_codes_blocks(id, gemm_codes_group4()); }
}
