// Simulated codebook quantization in float: y = decode[number of thresholds (ascending) that x has reached].
// x, y: [rows, stride4] vec4; padded columns are written as 0. decode: [threshold_count + 1], ascending levels.
struct Params { rows: u32, columns: u32, stride4: u32, threshold_count: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> thresholds: array<f32>;
@group(0) @binding(3) var<storage, read> decode: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

fn level(v: f32) -> f32 {
  var low = 0u;
  var high = params.threshold_count;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (v >= thresholds[middle]) { low = middle + 1u; } else { high = middle; }
  }
  return decode[low];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.rows * params.stride4) { return; }
  let v = x[at];
  let out = vec4f(level(v.x), level(v.y), level(v.z), level(v.w));
  let inside = vec4u(4u * (at % params.stride4)) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.columns);
  y[at] = select(vec4f(0.0), out, inside);
}
