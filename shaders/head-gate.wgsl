// y = x / (1 + exp(-gate)) with one gate for each head of each row: gates[(image * gate_rows + row % gate_rows) * gate_stride + head].
// x, y: [rows, stride4] vec4 f32, heads of head4 quads; `tokens` rows an image. gates: [images * gate_rows, gate_stride] f32; gate_rows: tokens, or 1 for all rows alike.
//include lib/exact-math.wgsl
struct Params { rows: u32, tokens: u32, stride4: u32, head4: u32, gate_rows: u32, gate_stride: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> gates: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.rows * params.stride4) { return; }
  let row = at / params.stride4;
  let gate_row = (row / params.tokens) * params.gate_rows + row % params.gate_rows;
  let u = gates[gate_row * params.gate_stride + (at % params.stride4) / params.head4];
  let e = exact_exp(vec4f(-abs(u))).x;
  let inverse = exact_reciprocal(vec4f(1.0 + e)).x;
  y[at] = x[at] * select(inverse, e * inverse, u < 0.0);
}
