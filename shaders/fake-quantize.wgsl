// Simulated uniform quantization in float: y = (clamp(round(x / scale) + zero, 0, code_max) - zero) * scale, per column or per row.
// The oracle of the integer path and the way to run published details that are no integers (fractional zero points).
// x, y: [rows, stride4] vec4. grid: (scale, zero, code_max, 0) for each column [4 * stride4]; BY_ROW: for each row of an image [row_period].
// scale 0 writes 0 (padding).
struct Params { rows: u32, stride4: u32, row_period: u32 }
override BY_ROW: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> grid: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.rows * params.stride4) { return; }
  let v = x[at];
  var out = vec4f(0.0);
  for (var lane = 0u; lane < 4u; lane++) {
    let q = grid[select((at % params.stride4) * 4u + lane, (at / params.stride4) % params.row_period, BY_ROW)];
    if (q.x > 0.0) { out[lane] = (clamp(round(v[lane] / q.x) + q.y, 0.0, q.z) - q.y) * q.x; }
  }
  y[at] = out;
}
