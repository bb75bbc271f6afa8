// Patches of images as the x of a linear layer, whose rows are the patches: no patch is stored. The module declares `params` with x_stride4, patches, patch_columns,
// depth, patch_size, height and width, and x: array<f32>.
//include lib/patches.wgsl

fn patches_pixel(at: u32) -> f32 { return x[at]; }

// Quad k of the patch whose row would start at base.
fn gemm_patches_quad(base: u32, k: u32) -> vec4f {
  let patches = Patches(params.patches, params.patch_columns, params.depth, params.patch_size, params.height, params.width);
  var v = vec4f(0.0);
  for (var lane = 0u; lane < 4u; lane++) {
    if (4u * k + lane < params.depth) { v[lane] = patches_element(patches, base / params.x_stride4, 4u * k + lane); }
  }
  return v;
}
