/** The kernels of convolutional maps: activations, depthwise convolutions, rows moved. */
import type { WasmKernel } from "./kernel.ts";

export const activation: WasmKernel = ({ host, params: p, constants, input, output }) =>
  host.kernels.activation(
    input(0),
    output,
    p.rows,
    p.columns,
    p.in_stride,
    p.out_stride,
    constants.KIND ?? 0,
    constants.GATED ?? 0,
    p.c0,
    p.c1,
    p.c2,
  );

export const depthwise: WasmKernel = ({ host, params: p, input, output }) =>
  host.kernels.depthwise(input(0), input(1), input(2), output, p.images, p.in_rows, p.out_rows, p.stride4, p.group);

export const depthwiseCodes: WasmKernel = ({ host, params: p, input, output }) =>
  host.kernels.depthwiseCodes(
    input(0),
    input(1),
    input(2),
    input(3),
    input(4),
    output,
    p.images,
    p.in_rows,
    p.out_rows,
    p.stride4,
    p.group,
  );

export const gatherRows: WasmKernel = ({ host, params: p, input, output }) =>
  host.kernels.gatherRows(input(0), input(1), output, p.images, p.in_rows, p.in_stride, p.out_rows, p.out_stride, p.group, p.part);
