// Residual and y of the rungs of gemm-f16: f16 where R_HALF and Y_HALF say so, else f32. The module declares both as pairs of words.
//include lib/halves.wgsl
override Y_HALF: bool = true;
override R_HALF: bool = true;

fn gemm_float_residual(at: u32) -> vec4f {
  if (R_HALF) { return halves_unpack(residual[at]); }
  return halves_wide(residual[2u * at], residual[2u * at + 1u]);
}

fn gemm_float_store(at: u32, v: vec4f) {
  if (Y_HALF) {
    y[at] = halves_pack(v);
  } else {
    let bits = bitcast<vec4u>(v);
    y[2u * at] = bits.xy;
    y[2u * at + 1u] = bits.zw;
  }
}
