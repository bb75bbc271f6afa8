// The epilogues of shaders/gemm-f32.wgsl and gemm-codes-*.wgsl for a band of rows: sums -> values -> GELU, residual, codes.
import { activate, component, encodeCodes, madd, pairComponent } from "./exact-math";

/** values = sums + bias, in place. values: [rows, stride bytes] f32. */
export function addBias(values: usize, stride: usize, rows: i32, columns4: i32, bias: usize): void {
  for (let row = 0; row < rows; row++) {
    let at = values + stride * row;
    for (let quad = 0; quad < columns4; quad++, at += 16) v128.store(at, f32x4.add(v128.load(at), v128.load(bias + ((<usize>quad) << 4))));
  }
}

/**
 * What a group along K adds: values = exact * scale + (bias, or the values before). sums: [rows, stride bytes] i32; values: the same in f32;
 * rowSums: of the levels of x. columnF: per column (scale, bias, ..); columnI: (256 x weight zero + .., constant).
 * rowTable: (scale, zero) of row (source + row * step) % period of x; 0: none.
 */
export function scaleSums(
  sums: usize,
  stride: usize,
  rowSums: usize,
  rows: i32,
  columns4: i32,
  columnF: usize,
  columnI: usize,
  isFirst: i32,
  rowTable: usize,
  source: i32,
  step: i32,
  period: i32,
  values: usize,
): void {
  for (let quad = 0; quad < columns4; quad++) {
    const floats = columnF + ((<usize>quad) << 6);
    const integers = columnI + ((<usize>quad) << 5);
    const columnScale = component(floats, 0),
      bias = component(floats, 1);
    const weightZero = i32x4.shr_s(pairComponent(integers, 0), 8),
      columnConstant = pairComponent(integers, 1);
    let at = (<usize>quad) << 4;
    for (let row = 0; row < rows; row++, at += stride) {
      let scale = columnScale,
        constant = columnConstant;
      if (rowTable) {
        const grid = rowTable + ((<usize>((source + row * step) % period)) << 3);
        scale = f32x4.mul(scale, v128.load_splat<u32>(grid));
        constant = i32x4.mul(constant, i32x4.splat(<i32>load<f32>(grid, 4)));
      }
      const correction = i32x4.mul(weightZero, v128.load_splat<u32>(rowSums + ((<usize>row) << 2)));
      const exact = i32x4.add(i32x4.sub(v128.load(sums + at), correction), constant);
      v128.store(values + at, madd(f32x4.convert_i32x4_s(exact), scale, isFirst ? bias : v128.load(values + at)));
    }
  }
}

/**
 * Activation, residual (0: none) and store of rows `first` on. values: [rows, stride bytes] f32. columnF 0: y is float; else y is codes,
 * columnF per column (.., .., 1 / out_scale, out_zero), columnI (256 x .. + largest code, ..).
 */
export function finishGemm(
  values: usize,
  stride: usize,
  first: i32,
  rows: i32,
  columns4: i32,
  gelu: i32,
  residual: usize,
  residualRows: i32,
  residualStride4: i32,
  columnF: usize,
  columnI: usize,
  y: usize,
  group: i32,
  groupStride: i32,
  offset: i32,
  outStride4: i32,
): void {
  for (let quad = 0; quad < columns4; quad++) {
    let inverse = f32x4.splat(0),
      zero = inverse,
      top = inverse;
    if (columnF) {
      const floats = columnF + ((<usize>quad) << 6);
      inverse = component(floats, 2);
      zero = component(floats, 3);
      top = f32x4.convert_i32x4_s(v128.and(pairComponent(columnI + ((<usize>quad) << 5), 0), i32x4.splat(255)));
    }
    let from = values + ((<usize>quad) << 4);
    for (let row = first, end = first + rows; row < end; row++, from += stride) {
      let v = activate(gelu, v128.load(from));
      if (residual) v = f32x4.add(v, v128.load(residual + ((<usize>((row % residualRows) * residualStride4 + quad)) << 4)));
      const outRow = (row / group) * groupStride + offset + (row % group);
      const to = <usize>(outRow * outStride4 + quad);
      if (columnF) encodeCodes(y + (to << 2), v, inverse, zero, top);
      else v128.store(y + (to << 4), v);
    }
  }
}
