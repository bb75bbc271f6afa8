// Weight codes packed along columns, for GEMMs on f32 multiply-adds. The module that includes it declares the constant CONTAINER.

// Four neighbouring columns from a word whose lowest code is the first column.
fn gemm_weights_columns(word: u32) -> vec4f {
  let mask = (1u << CONTAINER) - 1u;
  // By way of i32: software adapters convert signed integers in one instruction, unsigned ones in many.
  return vec4f(vec4i(vec4u(word & mask, (word >> CONTAINER) & mask, (word >> (2u * CONTAINER)) & mask, (word >> (3u * CONTAINER)) & mask)));
}
