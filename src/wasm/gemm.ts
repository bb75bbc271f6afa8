/** shaders/gemm-f32.wgsl, gemm-codes-f32.wgsl and gemm-codes-dot.wgsl. */
import type { Pointer } from "./exports.ts";
import { levelRows } from "./levels.ts";
import { BAND_ROWS, forBands, type WasmCall, type WasmKernel } from "./kernel.ts";

export const gemmF32: WasmKernel = (call) => {
  const { host, params: p } = call;
  const { kernels } = host;
  const panels = Math.ceil(p.columns4 / 2);
  const depth = 4 * p.depth4;
  const weight = call.derived(1, "panels", 32 * panels * depth, (from, to) =>
    kernels.panelsFromFloats(from, 16 * p.weight_columns4, depth - 1, depth, 8 * panels, to),
  );
  const [x, bias, residual] = [call.input(0), call.input(2), p.has_residual ? call.input(3) : 0];
  const stride = 32 * panels;
  host.temporarily(() => {
    const values = host.allocate(BAND_ROWS * stride);
    forBands(p.rows, (first, rows) => {
      const from = x + 16 * p.x_stride4 * (first * p.x_step + p.x_offset);
      kernels.productF32(from, 16 * p.x_stride4 * p.x_step, rows, weight, depth, panels, values);
      kernels.addBias(values, stride, rows, p.columns4, bias);
      finish(call, values, stride, first, rows, residual, 0, 0);
    });
  });
};

function finish(
  { host, params: p, output }: WasmCall,
  values: Pointer,
  stride: number,
  first: number,
  rows: number,
  residual: Pointer,
  columnF: Pointer,
  columnI: Pointer,
): void {
  host.kernels.finishGemm(
    values,
    stride,
    first,
    rows,
    p.columns4,
    p.gelu,
    residual,
    p.residual_rows,
    p.residual_stride4,
    columnF,
    columnI,
    output,
    p.out_group,
    p.out_group_stride,
    p.out_offset,
    p.out_stride4,
  );
}

/** `alongDepth`: how weight codes are packed; `levels` and `rowTable`: which inputs hold those tables. */
function gemmCodes(alongDepth: 0 | 1, levels: number | null, rowTable: number): WasmKernel {
  return (call) => {
    const { host, params: p, constants } = call;
    const { kernels } = host;
    const columns = 4 * p.columns4;
    const panels = Math.ceil(p.columns4 / 2);
    const depth = 4 * p.depth4;
    const groups = constants.GROUPED ? p.depth4 / p.group4 : 1;
    const groupDepth = constants.GROUPED ? 4 * p.group4 : depth;
    const panelBytes = 16 * depth;
    const weight = call.derived(1, `panels:${constants.CONTAINER}`, panelBytes * panels, (from, to) => {
      host.words(to, (panelBytes * panels) / 4).fill(0);
      kernels.panelsFromCodes(from, p.weight_stride, depth, columns, constants.CONTAINER, alongDepth, to);
    });
    const [x, columnF, columnI] = [call.input(0), call.input(2), call.input(3)];
    const rowGrids = constants.TOKENS ? call.input(rowTable) : 0;
    const table = levels !== null && constants.LEVELS ? call.input(levels) : 0;
    const residual = p.has_residual ? call.input(4) : 0;
    const stride = 32 * panels;
    host.temporarily(() => {
      const values = host.allocate(BAND_ROWS * stride);
      const sums = groups > 1 ? host.allocate(BAND_ROWS * stride) : values;
      const rowSums = host.allocate(4 * BAND_ROWS);
      const product = levelRows(host, BAND_ROWS, depth, table, panels);
      forBands(p.rows, (first, rows) => {
        const source = first * p.x_step + p.x_offset;
        product.load(x + 4 * p.x_stride4 * source, 4 * p.x_stride4 * p.x_step, rows);
        for (let group = 0; group < groups; group++) {
          product.multiply(rows, group * groupDepth, groupDepth, weight + 16 * groupDepth * group, panelBytes, sums, rowSums);
          const shift = 64 * p.columns4 * group;
          kernels.scaleSums(
            sums,
            stride,
            rowSums,
            rows,
            p.columns4,
            columnF + shift,
            columnI + shift / 2,
            group === 0 ? 1 : 0,
            rowGrids,
            source,
            p.x_step,
            p.row_period,
            values,
          );
        }
        finish(call, values, stride, first, rows, residual, p.quantize ? columnF : 0, columnI);
      });
    });
  };
}

export const gemmCodesF32 = gemmCodes(0, 5, 6);
export const gemmCodesDot = gemmCodes(1, null, 5);
