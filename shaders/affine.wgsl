// y = fma(x, scale, bias) per column: dequantization executed in advance, where no producer's epilogue absorbs it.
// x, y: [rows, stride4] vec4 f32. column: [stride4] pairs of vec4 (scale, bias); 0 in the padding, which is written as 0.
struct Params { rows: u32, stride4: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> column: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.rows * params.stride4) { return; }
  let c = 2u * (at % params.stride4);
  y[at] = fma(x[at], column[c], column[c + 1u]);
}
