/**
 * Resizes 8-bit RGB exactly as Pillow's Image.resize does: horizontal pass to bytes, then vertical pass to bytes, each in 32-bit integers,
 * each left out when it would not change its size. Only the asked region of the result is computed.
 */
import type { ConvolutionFilter, ResampleFilter } from "./filters.ts";
import type { Pixels } from "./pixels.ts";
import { PRECISION_BITS, resampleCoefficients } from "./resample-coefficients.ts";

/** A rectangle of pixels inside an image. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const HALF = 1 << (PRECISION_BITS - 1);

/** The image at width x height, or only `region` of that. */
export function resample(
  pixels: Pixels,
  width: number,
  height: number,
  filter: ResampleFilter,
  region: Region = { left: 0, top: 0, width, height },
): Pixels {
  if (region.left < 0 || region.top < 0 || region.left + region.width > width || region.top + region.height > height) {
    throw new Error(`internal: region ${JSON.stringify(region)} outside of ${width}x${height}`);
  }
  const sameWidth = width === pixels.width;
  const sameHeight = height === pixels.height;
  if (filter === "nearest" && !(sameWidth && sameHeight)) return nearest(pixels, width, height, region);
  if (filter === "nearest" || (sameWidth && sameHeight)) return cutOut(pixels, region);
  if (sameHeight) return horizontalPass(cutOut(pixels, { ...region, left: 0, width: pixels.width }), width, filter, region);
  if (sameWidth)
    return verticalPass(cutOut(pixels, { ...region, top: 0, height: pixels.height }), 0, pixels.height, height, filter, region);
  // Both passes: the first one needs only the rows that the second one reads.
  const vertical = resampleCoefficients(filter, pixels.height, height, region.top, region.height);
  let firstRow = pixels.height;
  let endRow = 0;
  for (let i = 0; i < region.height; i++) {
    firstRow = Math.min(firstRow, vertical.starts[i]);
    endRow = Math.max(endRow, vertical.starts[i] + vertical.counts[i]);
  }
  const rows = cutOut(pixels, { left: 0, top: firstRow, width: pixels.width, height: endRow - firstRow });
  return verticalPass(horizontalPass(rows, width, filter, region), firstRow, pixels.height, height, filter, region);
}

/** Copy of a rectangle; the image itself when that is all of it, since pixels are never written to. */
function cutOut(pixels: Pixels, region: Region): Pixels {
  const { left, top, width, height } = region;
  if (left === 0 && top === 0 && width === pixels.width && height === pixels.height) return pixels;
  if (left === 0 && width === pixels.width) {
    return { width, height, rgb: pixels.rgb.subarray(top * width * 3, (top + height) * width * 3) };
  }
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * pixels.width + left) * 3;
    rgb.set(pixels.rgb.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, rgb };
}

/** rows: [H, inWidth] -> columns region.left .. of [H, width] */
function horizontalPass(rows: Pixels, width: number, filter: ConvolutionFilter, region: Region): Pixels {
  const { starts, counts, weights, stride } = resampleCoefficients(filter, rows.width, width, region.left, region.width);
  const input = rows.rgb;
  const output = new Uint8Array(region.width * rows.height * 3);
  let to = 0;
  for (let y = 0; y < rows.height; y++) {
    const row = y * rows.width * 3;
    for (let x = 0; x < region.width; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let at = row + starts[x] * 3;
      const first = x * stride;
      const end = first + counts[x];
      for (let k = first; k < end; k++) {
        const weight = weights[k];
        red = (red + Math.imul(input[at], weight)) | 0;
        green = (green + Math.imul(input[at + 1], weight)) | 0;
        blue = (blue + Math.imul(input[at + 2], weight)) | 0;
        at += 3;
      }
      output[to++] = toByte(red);
      output[to++] = toByte(green);
      output[to++] = toByte(blue);
    }
  }
  return { width: region.width, height: rows.height, rgb: output };
}

/** columns: rows firstRow .. of [inHeight, W] -> rows region.top .. of [height, W] */
function verticalPass(
  columns: Pixels,
  firstRow: number,
  inHeight: number,
  height: number,
  filter: ConvolutionFilter,
  region: Region,
): Pixels {
  const { starts, counts, weights, stride } = resampleCoefficients(filter, inHeight, height, region.top, region.height);
  const rowLength = columns.width * 3;
  const input = columns.rgb;
  const output = new Uint8Array(rowLength * region.height);
  // A whole row of sums at a time: memory is then read in order, which a column at a time would not do.
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < region.height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < counts[y]; k++) {
      const weight = weights[y * stride + k];
      const from = (starts[y] + k - firstRow) * rowLength;
      for (let i = 0; i < rowLength; i++) sums[i] = sums[i] + Math.imul(input[from + i], weight);
    }
    const to = y * rowLength;
    for (let i = 0; i < rowLength; i++) output[to + i] = toByte(sums[i]);
  }
  return { width: columns.width, height: region.height, rgb: output };
}

function toByte(fixed: number): number {
  const value = fixed >> PRECISION_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** Pillow's nearest is an affine transform at pixel centres whose source position is a running f64 sum, so rounding builds up as there. */
function nearest(pixels: Pixels, width: number, height: number, region: Region): Pixels {
  const columns = nearestSources(pixels.width, width).subarray(region.left, region.left + region.width);
  const rows = nearestSources(pixels.height, height).subarray(region.top, region.top + region.height);
  const rgb = new Uint8Array(region.width * region.height * 3);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      // A running sum that ends past the last pixel leaves black, as Pillow does.
      const inside = row < pixels.height && column < pixels.width;
      const from = (row * pixels.width + column) * 3;
      rgb[to++] = inside ? pixels.rgb[from] : 0;
      rgb[to++] = inside ? pixels.rgb[from + 1] : 0;
      rgb[to++] = inside ? pixels.rgb[from + 2] : 0;
    }
  }
  return { width: region.width, height: region.height, rgb };
}

function nearestSources(inSize: number, outSize: number): Int32Array {
  const step = inSize / outSize;
  const sources = new Int32Array(outSize);
  let position = step * 0.5;
  for (let i = 0; i < outSize; i++) {
    sources[i] = Math.trunc(position);
    position += step;
  }
  return sources;
}
