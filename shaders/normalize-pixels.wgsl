// Bytes to the network's floats through a table: y[image, c, i] = levels[c, byte c of pixel i].
// The table holds ((u8 / 255) - mean) / std, rounded after each step on the CPU, so that no division happens here.
// levels: [3, 256]. x: [pixels] r | g << 8 | b << 16. y: [3, pixels] f32.
struct Params { pixels: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> levels: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.y * groups.x * 64 + id.x;
  if (at >= params.pixels) { return; }
  let pixel = x[at];
  y[at] = levels[pixel & 255];
  y[params.pixels + at] = levels[256 + ((pixel >> 8) & 255)];
  y[2 * params.pixels + at] = levels[512 + ((pixel >> 16) & 255)];
}
