// y = x + bias[row mod period]: relative positions and the masks of shifted windows on attention scores.
// x, y: [rows, stride4] vec4 f32, columns past the true width unspecified but finite. bias: [period, stride4] vec4.
struct Params { rows: u32, stride4: u32, period: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.rows * params.stride4) { return; }
  y[at] = x[at] + bias[at % (params.period * params.stride4)];
}
