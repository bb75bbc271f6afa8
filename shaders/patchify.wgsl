// Images to rows of non-overlapping patches: y[b*P + p, (c, py, px)] = x[b, c, row*patch + py, column*patch + px].
// QUANTIZE: codes clamp(round(x / scale) + zero, 0, code_max). x: [B,C,H,W] f32. y: [B*P, stride4] vec4 f32 words or u8 codes; padding is 0.
//include lib/codes.wgsl
//include lib/patches.wgsl
struct Params {
  patches: u32, columns: u32, depth: u32, stride4: u32, patch_size: u32, height: u32, width: u32, images: u32,
  inverse_scale: f32, zero: f32, code_max: f32,
}
override QUANTIZE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

fn patches_pixel(at: u32) -> f32 { return x[at]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.images * params.patches * params.stride4) { return; }
  let patch_index = at / params.stride4;
  let k = (at % params.stride4) * 4u;
  let patches = Patches(params.patches, params.columns, params.depth, params.patch_size, params.height, params.width);
  var v = vec4f(0.0);
  var top = vec4f(0.0);
  for (var lane = 0u; lane < 4u; lane++) {
    if (k + lane < params.depth) { v[lane] = patches_element(patches, patch_index, k + lane); top[lane] = params.code_max; }
  }
  if (QUANTIZE) {
    y[at] = codes_pack(clamp(round(v * params.inverse_scale) + params.zero, vec4f(0.0), top));
  } else {
    let bits = bitcast<vec4u>(v);
    y[4u * at] = bits.x; y[4u * at + 1u] = bits.y; y[4u * at + 2u] = bits.z; y[4u * at + 3u] = bits.w;
  }
}
