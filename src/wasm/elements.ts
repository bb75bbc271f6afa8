/** The kernels that map element by element: affine, patchify, quantization and its simulation. */
import type { WasmKernel } from "./kernel.ts";

export const affine: WasmKernel = ({ host, params: p, input, output }) =>
  host.kernels.affine(input(0), input(1), output, p.rows, p.stride4);

export const quantize: WasmKernel = ({ host: { kernels }, params: p, constants, input, output }) => {
  const { rows, stride4, head4, head_dim, table_rows, section4, threshold_count } = p;
  const [x, table] = [input(0), input(1)];
  if (constants.GRID) kernels.quantizeGrid(x, table, output, rows, stride4, head4, head_dim, table_rows, section4);
  else kernels.quantizeCodebook(x, table, output, rows, stride4, head4, head_dim, threshold_count, constants.REVERSED ?? 0);
};

export const quantizeColumns: WasmKernel = ({ host, params: p, input, output }) =>
  host.kernels.quantizeColumns(input(0), input(1), output, p.rows, p.columns, p.stride4, p.zero, p.code_max);

export const dequantizeColumns: WasmKernel = ({ host, params: p, input, output }) =>
  host.kernels.dequantizeColumns(input(0), input(1), output, p.rows, p.columns, p.stride4, p.zero);

export const fakeQuantize: WasmKernel = ({ host, params: p, constants, input, output }) =>
  host.kernels.fakeQuantize(input(0), input(1), output, p.rows, p.stride4, constants.BY_ROW ? p.row_period : 0);

export const fakeQuantizeCodebook: WasmKernel = ({ host, params: p, input, output }) =>
  host.kernels.fakeQuantizeCodebook(input(0), input(1), input(2), output, p.rows, p.columns, p.stride4, p.threshold_count);

export const patchify: WasmKernel = ({ host, params: p, constants, input, output }) => {
  const x = input(0);
  const { images, patches, columns, depth, stride4, patch_size, height, width, inverse_scale, zero, code_max } = p;
  host.temporarily(() => {
    const line = host.allocate(16 * stride4);
    host.kernels.patchify(
      x,
      output,
      images,
      patches,
      columns,
      depth,
      stride4,
      patch_size,
      height,
      width,
      constants.QUANTIZE ?? 0,
      inverse_scale,
      zero,
      code_max,
      line,
    );
  });
};
