// DequantizeLinear with a step per column: (code - zero) * scale[c]. FQ-ViT's residual stream for readers that take floats.
// x: [rows, stride4] u32 of four u8 codes. scale: [stride4] vec4. y: [rows, stride4] vec4 f32; padded columns are written as 0.
//include lib/codes.wgsl
struct Params { rows: u32, columns: u32, stride4: u32, zero: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> scale: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.rows * params.stride4) { return; }
  let c = at % params.stride4;
  let inside = vec4u(4u * c) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.columns);
  y[at] = select(vec4f(0.0), (codes_unpack(x[at]) - params.zero) * scale[c], inside);
}
