// gemm-f16 on tiles in workgroup memory, as gemm-f32-tiled: the same arguments, the same words. Halves become f32 when a tile is staged.
//include lib/gemm-half-layer.wgsl
//include lib/gemm-half-x.wgsl
//include lib/gemm-float-tiled.wgsl

@compute @workgroup_size(TILE_COLUMNS4, TILE_ROWS2)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) index: u32) {
  gemm_float_tiled(group, local, index);
}
