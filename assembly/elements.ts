// Kernels that map single elements: shaders/affine.wgsl, quantize*.wgsl, dequantize-columns.wgsl, patchify.wgsl, fake-quantize*.wgsl.
import { component, encodeCodes, madd, storeCodes } from "./exact-math";
import { countReached } from "./rows";

/** Sets the bytes from `used` on of the four at `to` to 0. */
function clearRest(to: usize, used: i32): void {
  if (used < 4) store<u32>(to, used <= 0 ? 0 : load<u32>(to) & ((1 << (used << 3)) - 1));
}

/** Per quad of columns: four factors, four addends. */
export function affine(x: usize, columns: usize, y: usize, rows: i32, stride4: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let quad = 0; quad < stride4; quad++, x += 16, y += 16) {
      const table = columns + ((<usize>quad) << 5);
      v128.store(y, madd(v128.load(x), v128.load(table), v128.load(table, 16)));
    }
  }
}

/** grid: (1 / scale, zero, largest code, 0) of row % tableRows and section; a section is section4 quads. Heads are head4 quads with headDim columns in use. */
export function quantizeGrid(
  x: usize,
  grid: usize,
  y: usize,
  rows: i32,
  stride4: i32,
  head4: i32,
  headDim: i32,
  tableRows: i32,
  section4: i32,
): void {
  const sections = stride4 / section4;
  for (let row = 0; row < rows; row++) {
    for (let quad = 0; quad < stride4; quad++, x += 16, y += 4) {
      const entry = grid + ((<usize>((row % tableRows) * sections + quad / section4)) << 4);
      encodeCodes(y, v128.load(x), v128.load_splat<u32>(entry), v128.load_splat<u32>(entry + 4), v128.load_splat<u32>(entry + 8));
      clearRest(y, headDim - ((quad % head4) << 2));
    }
  }
}

/** The count of ascending thresholds that x has reached, or what is left of them. */
export function quantizeCodebook(
  x: usize,
  thresholds: usize,
  y: usize,
  rows: i32,
  stride4: i32,
  head4: i32,
  headDim: i32,
  thresholdCount: i32,
  reversed: i32,
): void {
  for (let row = 0; row < rows; row++) {
    for (let quad = 0; quad < stride4; quad++, x += 16, y += 4) {
      let count = countReached(v128.load(x), thresholds, thresholdCount);
      if (reversed) count = i32x4.sub(i32x4.splat(thresholdCount), count);
      store<u32>(y, i32x4.extract_lane(i8x16.shuffle(count, count, 0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0));
      clearRest(y, headDim - ((quad % head4) << 2));
    }
  }
}

/** clamp(round(x * inverse[column]) + zero, 0, top). */
export function quantizeColumns(x: usize, inverse: usize, y: usize, rows: i32, columns: i32, stride4: i32, zero: f32, top: f32): void {
  for (let row = 0; row < rows; row++) {
    for (let quad = 0; quad < stride4; quad++, x += 16, y += 4) {
      const scaled = f32x4.mul(v128.load(x), v128.load(inverse + ((<usize>quad) << 4)));
      storeCodes(y, f32x4.add(f32x4.nearest(scaled), f32x4.splat(zero)), f32x4.splat(top));
      clearRest(y, columns - (quad << 2));
    }
  }
}

/** (code - zero) * scale[column]; padded columns 0. */
export function dequantizeColumns(x: usize, scale: usize, y: usize, rows: i32, columns: i32, stride4: i32, zero: f32): void {
  for (let row = 0; row < rows; row++) {
    for (let quad = 0; quad < stride4; quad++, x += 4, y += 16) {
      const codes = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load_zero<u32>(x))));
      const v = f32x4.mul(f32x4.sub(codes, f32x4.splat(zero)), v128.load(scale + ((<usize>quad) << 4)));
      const used = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(columns - (quad << 2)));
      v128.store(y, v128.and(v, used));
    }
  }
}

/** `line`: room for one row in f32. Images [channels, height, width] to rows of patches. */
export function patchify(
  x: usize,
  y: usize,
  images: i32,
  patches: i32,
  columns: i32,
  depth: i32,
  stride4: i32,
  size: i32,
  height: i32,
  width: i32,
  quantize: i32,
  inverse: f32,
  zero: f32,
  top: f32,
  line: usize,
): void {
  const lines = depth / size;
  memory.fill(line, 0, (<usize>stride4) << 4);
  for (let row = 0; row < images * patches; row++) {
    const image = row / patches;
    const index = row % patches;
    const target = quantize ? line : y + ((<usize>(row * stride4)) << 4);
    if (!quantize) memory.fill(target, 0, (<usize>stride4) << 4);
    for (let k = 0; k < lines; k++) {
      const channel = k / size;
      const top = image * (lines / size) + channel;
      const from = (top * height + (index / columns) * size + (k % size)) * width + (index % columns) * size;
      memory.copy(target + ((<usize>(k * size)) << 2), x + ((<usize>from) << 2), (<usize>size) << 2);
    }
    if (!quantize) continue;
    for (let quad = 0; quad < stride4; quad++, y += 4) {
      const v = v128.load(line + ((<usize>quad) << 4));
      storeCodes(y, f32x4.add(f32x4.nearest(f32x4.mul(v, f32x4.splat(inverse))), f32x4.splat(zero)), f32x4.splat(top));
      clearRest(y, depth - (quad << 2));
    }
  }
}

/** grid: (scale, zero, largest code, 0) per column, or of row % rowPeriod where that is not 0; scale 0 gives 0. */
export function fakeQuantize(x: usize, grid: usize, y: usize, rows: i32, stride4: i32, rowPeriod: i32): void {
  const nothing = f32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    const entry = rowPeriod ? grid + ((<usize>(row % rowPeriod)) << 4) : 0;
    for (let quad = 0; quad < stride4; quad++, x += 16, y += 16) {
      const table = grid + ((<usize>quad) << 6);
      const scale = entry ? v128.load_splat<u32>(entry) : component(table, 0);
      const zero = entry ? v128.load_splat<u32>(entry + 4) : component(table, 1);
      const top = entry ? v128.load_splat<u32>(entry + 8) : component(table, 2);
      const code = f32x4.add(f32x4.nearest(f32x4.div(v128.load(x), scale)), zero);
      const v = f32x4.mul(f32x4.sub(f32x4.min(f32x4.max(code, nothing), top), zero), scale);
      v128.store(y, v128.and(v, f32x4.gt(scale, nothing)));
    }
  }
}

/** decode[count of ascending thresholds that x has reached]. */
export function fakeQuantizeCodebook(
  x: usize,
  thresholds: usize,
  decode: usize,
  y: usize,
  rows: i32,
  columns: i32,
  stride4: i32,
  thresholdCount: i32,
): void {
  for (let row = 0; row < rows; row++) {
    for (let quad = 0; quad < stride4; quad++, x += 16) {
      const count = countReached(v128.load(x), thresholds, thresholdCount);
      v128.store(y, count);
      for (let lane = 0; lane < 4; lane++, y += 4) {
        const index = <usize>load<i32>(y);
        store<f32>(y, 4 * quad + lane < columns ? load<f32>(decode + (index << 2)) : 0);
      }
    }
  }
}
