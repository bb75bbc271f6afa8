// Attention scores in float: y[b,h,i,j] = scale * q[b,i,h,:] . k[b,j,h,:]; 8 x 8 register block, no barrier.
// qkv: [B*N, stride] vec4 (columns q, k, v, each head-major). y: [B*H*N, out_stride4] vec4; columns past N are unspecified but finite.
struct Params { tokens: u32, heads: u32, head4: u32, qkv_stride4: u32, key_offset4: u32, out_stride4: u32, images: u32, scale: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

fn store(head: u32, row: u32, column4: u32, sum: vec4f) {
  if (row >= params.tokens || column4 >= params.out_stride4) { return; }
  y[(head * params.tokens + row) * params.out_stride4 + column4] = sum * params.scale;
}

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x * 8u;
  let row = id.y * 8u;
  if (row >= params.tokens || column >= params.tokens) { return; }
  let image = id.z / params.heads;
  let head = id.z % params.heads;
  let base = image * params.tokens * params.qkv_stride4 + head * params.head4;
  let last = params.tokens - 1u;
  let q0 = base + min(row + 0u, last) * params.qkv_stride4; let k0 = base + params.key_offset4 + min(column + 0u, last) * params.qkv_stride4;
  let q1 = base + min(row + 1u, last) * params.qkv_stride4; let k1 = base + params.key_offset4 + min(column + 1u, last) * params.qkv_stride4;
  let q2 = base + min(row + 2u, last) * params.qkv_stride4; let k2 = base + params.key_offset4 + min(column + 2u, last) * params.qkv_stride4;
  let q3 = base + min(row + 3u, last) * params.qkv_stride4; let k3 = base + params.key_offset4 + min(column + 3u, last) * params.qkv_stride4;
  let q4 = base + min(row + 4u, last) * params.qkv_stride4; let k4 = base + params.key_offset4 + min(column + 4u, last) * params.qkv_stride4;
  let q5 = base + min(row + 5u, last) * params.qkv_stride4; let k5 = base + params.key_offset4 + min(column + 5u, last) * params.qkv_stride4;
  let q6 = base + min(row + 6u, last) * params.qkv_stride4; let k6 = base + params.key_offset4 + min(column + 6u, last) * params.qkv_stride4;
  let q7 = base + min(row + 7u, last) * params.qkv_stride4; let k7 = base + params.key_offset4 + min(column + 7u, last) * params.qkv_stride4;
  var a0 = vec4f(0.0); var b0 = vec4f(0.0);
  var a1 = vec4f(0.0); var b1 = vec4f(0.0);
  var a2 = vec4f(0.0); var b2 = vec4f(0.0);
  var a3 = vec4f(0.0); var b3 = vec4f(0.0);
  var a4 = vec4f(0.0); var b4 = vec4f(0.0);
  var a5 = vec4f(0.0); var b5 = vec4f(0.0);
  var a6 = vec4f(0.0); var b6 = vec4f(0.0);
  var a7 = vec4f(0.0); var b7 = vec4f(0.0);
  for (var c = 0u; c < params.head4; c++) {
    let m0 = mat4x4f(qkv[k0 + c], qkv[k1 + c], qkv[k2 + c], qkv[k3 + c]);
    let m1 = mat4x4f(qkv[k4 + c], qkv[k5 + c], qkv[k6 + c], qkv[k7 + c]);
    let v0 = qkv[q0 + c]; a0 += v0 * m0; b0 += v0 * m1;
    let v1 = qkv[q1 + c]; a1 += v1 * m0; b1 += v1 * m1;
    let v2 = qkv[q2 + c]; a2 += v2 * m0; b2 += v2 * m1;
    let v3 = qkv[q3 + c]; a3 += v3 * m0; b3 += v3 * m1;
    let v4 = qkv[q4 + c]; a4 += v4 * m0; b4 += v4 * m1;
    let v5 = qkv[q5 + c]; a5 += v5 * m0; b5 += v5 * m1;
    let v6 = qkv[q6 + c]; a6 += v6 * m0; b6 += v6 * m1;
    let v7 = qkv[q7 + c]; a7 += v7 * m0; b7 += v7 * m1;
  }
  var sums = array<vec4f, 16>(a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7);
  for (var t = 0u; t < 16u; t++) { store(id.z, row + t / 2u, column / 4u + t % 2u, sums[t]); }
}
