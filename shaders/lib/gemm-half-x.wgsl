// x of the rungs of gemm-f16 that compute with f32: f16 where X_HALF says so, else f32. The module declares x.
//include lib/halves.wgsl
override X_HALF: bool = true;

fn gemm_float_x(_row: u32, base: u32, k: u32) -> vec4f {
  let at = base + k;
  if (X_HALF) { return halves_unpack(x[at]); }
  return halves_wide(x[2u * at], x[2u * at + 1u]);
}
