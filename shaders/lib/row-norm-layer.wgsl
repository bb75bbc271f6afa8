// What layer-norm and rms-norm are given, and all that they do but for the constant CENTRED. One invocation per row.
// QUANTIZE: codes clamp(round(fma(n, gain, shift)), 0, code_max) with gain = scale / step and shift = bias / step + zero point
// (RepQ-ViT's reparameterized LayerNorm: the per-channel factors are already folded into gain and shift).
// x: [rows, stride4] vec4 f32. gain, shift: [stride4] vec4. y: f32 words, or u8 codes four per u32; padded columns are written as 0.
//include lib/row-norm.wgsl
//include lib/codes.wgsl
struct Params { rows: u32, columns: u32, stride4: u32, inverse_columns: f32, epsilon: f32, code_max: f32 }
override QUANTIZE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> gain: array<vec4f>;
@group(0) @binding(3) var<storage, read> shift: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;

fn row_norm_x(at: u32) -> vec4f { return x[at]; }

fn row_norm_layer(row: u32) {
  if (row >= params.rows) { return; }
  let norm = RowNorm(params.columns, params.stride4, params.inverse_columns, params.epsilon);
  let base = row * params.stride4;
  let statistics = row_norm_statistics(norm, base);
  for (var c = 0u; c < params.stride4; c++) {
    let v = row_norm_quad(norm, base, c, statistics);
    if (QUANTIZE) {
      y[base + c] = codes_pack(codes_clamp(round(v), vec4f(params.code_max)));
    } else {
      let at = 4u * (base + c);
      let bits = bitcast<vec4u>(v);
      y[at] = bits.x; y[at + 1u] = bits.y; y[at + 2u] = bits.z; y[at + 3u] = bits.w;
    }
  }
}
