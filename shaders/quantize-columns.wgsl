// QuantizeLinear to u8 codes with a step per column: clamp(round(x / scale[c]) + zero, 0, code_max), four per u32.
// FQ-ViT's residual stream: scale[c] = s * 2^k_c with one zero point, so that (code - zero) << k_c are integers on one grid.
// x: [rows, stride4] vec4 f32. inverse_scale: [stride4] vec4. y: [rows, stride4] u32; padded columns are written as 0.
//include lib/codes.wgsl
struct Params { rows: u32, columns: u32, stride4: u32, zero: f32, code_max: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> inverse_scale: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.rows * params.stride4) { return; }
  let c = at % params.stride4;
  let inside = vec4u(4u * c) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.columns);
  let code = clamp(round(x[at] * inverse_scale[c]) + params.zero, vec4f(0.0), vec4f(params.code_max));
  y[at] = codes_pack(select(vec4f(0.0), code, inside));
}
