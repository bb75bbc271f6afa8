// What layer-norm-f16 and rms-norm-f16 are given, and all that they do but for the constant CENTRED. One invocation per row; statistics in f32.
// x: [rows, stride4] quads of f16. gain, shift: [stride4] vec4. y: quads of f16, or of f32 where Y_HALF does not say so; padded columns are written as 0.
//include lib/row-norm.wgsl
//include lib/halves.wgsl
struct Params { rows: u32, columns: u32, stride4: u32, inverse_columns: f32, epsilon: f32 }
override Y_HALF: bool = true;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec2u>;
@group(0) @binding(2) var<storage, read> gain: array<vec4f>;
@group(0) @binding(3) var<storage, read> shift: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec2u>;

fn row_norm_x(at: u32) -> vec4f { return halves_unpack(x[at]); }

fn row_norm_half_layer(row: u32) {
  if (row >= params.rows) { return; }
  let norm = RowNorm(params.columns, params.stride4, params.inverse_columns, params.epsilon);
  let base = row * params.stride4;
  let statistics = row_norm_statistics(norm, base);
  for (var c = 0u; c < params.stride4; c++) {
    let v = row_norm_quad(norm, base, c, statistics);
    let at = base + c;
    if (Y_HALF) {
      y[at] = halves_pack(v);
    } else {
      let bits = bitcast<vec4u>(v);
      y[2u * at] = bits.xy;
      y[2u * at + 1u] = bits.zw;
    }
  }
}
