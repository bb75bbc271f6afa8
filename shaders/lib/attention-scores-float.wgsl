// Attention scores in float: y[b,h,i,j] = scale * q[b,i,h,:] . k[b,j,h,:]; 8 x 8 register block, no barrier.
// qkv: [B*N, stride] vec4 (columns q, k, v, each head-major). y: [B*H*N, out_stride4] vec4; columns past N are unspecified but finite.
// The module includes lib/float-quads-f32.wgsl or -f16.wgsl, which says how q, k, v are stored.
//include lib/attention-scores.wgsl
//include lib/attention-tokens.wgsl
struct Params { tokens: u32, heads: u32, head4: u32, qkv_stride4: u32, key_offset4: u32, out_stride4: u32, images: u32, scale: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<FloatQuad>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

fn attention_qkv(at: u32) -> vec4f { return float_quads_load(qkv[at]); }

fn attention_scores_store(head: u32, row: u32, column4: u32, sum: vec4f) {
  if (row >= params.tokens || column4 >= params.out_stride4) { return; }
  y[(head * params.tokens + row) * params.out_stride4 + column4] = sum * params.scale;
}

fn attention_scores_float(id: vec3u) {
  let place = attention_scores_place(id);
  if (!place.exists) { return; }
  let q = attention_tokens(place.base, place.row, place.last); let r = attention_tokens(place.base, place.row + 4u, place.last);
  let key_base = place.base + params.key_offset4;
  let k = attention_tokens(key_base, place.column, place.last); let l = attention_tokens(key_base, place.column + 4u, place.last);
  var a0 = vec4f(0.0); var b0 = vec4f(0.0);
  var a1 = vec4f(0.0); var b1 = vec4f(0.0);
  var a2 = vec4f(0.0); var b2 = vec4f(0.0);
  var a3 = vec4f(0.0); var b3 = vec4f(0.0);
  var a4 = vec4f(0.0); var b4 = vec4f(0.0);
  var a5 = vec4f(0.0); var b5 = vec4f(0.0);
  var a6 = vec4f(0.0); var b6 = vec4f(0.0);
  var a7 = vec4f(0.0); var b7 = vec4f(0.0);
  for (var c = 0u; c < params.head4; c++) {
    let m0 = mat4x4f(attention_qkv(k.x + c), attention_qkv(k.y + c), attention_qkv(k.z + c), attention_qkv(k.w + c));
    let m1 = mat4x4f(attention_qkv(l.x + c), attention_qkv(l.y + c), attention_qkv(l.z + c), attention_qkv(l.w + c));
    let v0 = attention_qkv(q.x + c); a0 += v0 * m0; b0 += v0 * m1;
    let v1 = attention_qkv(q.y + c); a1 += v1 * m0; b1 += v1 * m1;
    let v2 = attention_qkv(q.z + c); a2 += v2 * m0; b2 += v2 * m1;
    let v3 = attention_qkv(q.w + c); a3 += v3 * m0; b3 += v3 * m1;
    let v4 = attention_qkv(r.x + c); a4 += v4 * m0; b4 += v4 * m1;
    let v5 = attention_qkv(r.y + c); a5 += v5 * m0; b5 += v5 * m1;
    let v6 = attention_qkv(r.z + c); a6 += v6 * m0; b6 += v6 * m1;
    let v7 = attention_qkv(r.w + c); a7 += v7 * m0; b7 += v7 * m1;
  }
  var sums = array<vec4f, 16>(a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7);
  for (var t = 0u; t < 16u; t++) { attention_scores_store(id.z, place.row + t / 2u, place.column / 4u + t % 2u, sums[t]); }
}
