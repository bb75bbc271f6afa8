// gemm-f32 on tiles in workgroup memory: the same arguments, the same words, since every sum keeps the order of k.
// A workgroup computes 2 TILE_ROWS2 rows x 4 TILE_COLUMNS4 columns, 2 x 4 per invocation: 16 x 32 and 16 x 16 leave a batch of one enough workgroups,
// 32 x 32 has 128 invocations. It stages 16 of K at a time. For GPUs: a software adapter runs barriers a hundred times slower than arithmetic.
//include lib/gemm-float-layer.wgsl
//include lib/gemm-float-tiled.wgsl

@compute @workgroup_size(TILE_COLUMNS4, TILE_ROWS2)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) index: u32) {
  gemm_float_tiled(group, local, index);
}
