// One pass of Pillow's resampling over 8-bit RGB, in its own 32-bit fixed point, so that the bytes are Pillow's:
//   y[line, o] = clamp((2^21 + sum_k weights[o, k] * x[line, starts[o] - first + k]) >> 22, 0, 255), for each colour.
// Steps and line strides make it the horizontal pass (step 1) or the vertical one (step = width).
// spans: [outputs] (start, count). weights: [outputs, stride]. x, y: one pixel a word, r | g << 8 | b << 16; the top byte of y is 0.
// Source: Pillow, src/libImaging/Resample.c (8 bits per channel); weights from src/images/resample-coefficients.ts.
struct Params { lines: u32, outputs: u32, stride: u32, first: i32, in_line: u32, in_step: u32, out_line: u32, out_step: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> spans: array<vec2i>;
@group(0) @binding(2) var<storage, read> weights: array<i32>;
@group(0) @binding(3) var<storage, read> x: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;

const HALF = 1i << 21;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.y * groups.x * 64 + id.x;
  if (at >= params.lines * params.outputs) { return; }
  let line = at / params.outputs;
  let output = at % params.outputs;
  let span = spans[output];
  var place = line * params.in_line + u32(span.x - params.first) * params.in_step;
  var sum = vec3i(HALF);
  for (var k = 0u; k < u32(span.y); k++) {
    let pixel = x[place];
    sum += weights[output * params.stride + k] * vec3i(vec3u(pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255));
    place += params.in_step;
  }
  let bytes = vec3u(clamp(sum >> vec3u(22), vec3i(0), vec3i(255)));
  y[line * params.out_line + output * params.out_step] = bytes.x | (bytes.y << 8) | (bytes.z << 16);
}
