// Elements of non-overlapping patches. The module declares patches_pixel(at): a number of the images [B,C,H,W].

// count: patches of an image; columns: those side by side; depth: elements of one; size: of its side.
struct Patches { count: u32, columns: u32, depth: u32, size: u32, height: u32, width: u32 }

// Element k = (c, py, px) of a patch; patches of all images follow each other.
fn patches_element(patches: Patches, index: u32, k: u32) -> f32 {
  let area = patches.size * patches.size;
  let image = index / patches.count;
  let p = index % patches.count;
  let in_patch = k % area;
  let row = (p / patches.columns) * patches.size + in_patch / patches.size;
  let column = (p % patches.columns) * patches.size + in_patch % patches.size;
  let plane = image * (patches.depth / area) + k / area;
  return patches_pixel((plane * patches.height + row) * patches.width + column);
}
