/** shaders/layer-norm.wgsl, softmax.wgsl, softmax-demax.wgsl, and the two of FQ-ViT: layer-norm-integer.wgsl, softmax-integer.wgsl. */
import type { WasmKernel } from "./kernel.ts";

export const layerNorm: WasmKernel = ({ host, params: p, constants, input, output }) => {
  const [x, gain, shift] = [input(0), input(1), input(2)];
  const { rows, columns, stride4, inverse_columns, epsilon, code_max } = p;
  host.kernels.layerNorm(x, gain, shift, output, rows, columns, stride4, inverse_columns, epsilon, code_max, constants.QUANTIZE ?? 0);
};

export const softmax: WasmKernel = ({ host, params: p, constants, input, output }) => {
  const [x, thresholds] = [input(0), input(1)];
  host.temporarily(() => {
    const scratch = host.allocate(16 * p.stride4 + 4 * p.threshold_count);
    host.kernels.softmax(
      x,
      thresholds,
      output,
      p.rows,
      p.columns,
      p.stride4,
      p.threshold_count,
      constants.QUANTIZE ?? 0,
      constants.REVERSED ?? 0,
      scratch,
    );
  });
};

export const softmaxDemax: WasmKernel = ({ host, params: p, constants, input, output }) => {
  const x = input(0);
  host.temporarily(() => {
    const scratch = host.allocate(16 * p.stride4);
    const decode = constants.DECODE ?? 0;
    host.kernels.softmaxDemax(x, output, p.rows, p.columns, p.stride4, p.out_stride4, p.code_max, p.inverse_levels, decode, scratch);
  });
};

export const layerNormInteger: WasmKernel = ({ host, params: p, constants, input, output }) => {
  const [x, exponents, gain, shift] = [input(0), input(1), input(2), input(3)];
  const { rows, columns, stride4, inverse_columns, zero, out_scale, out_zero, code_max } = p;
  const quantize = constants.QUANTIZE ?? 0;
  host.temporarily(() => {
    const integers = host.allocate(16 * stride4);
    host.kernels.layerNormInteger(
      x,
      exponents,
      gain,
      shift,
      output,
      rows,
      columns,
      stride4,
      inverse_columns,
      zero,
      out_scale,
      out_zero,
      code_max,
      quantize,
      integers,
    );
  });
};

export const softmaxInteger: WasmKernel = ({ host, params: p, constants, input, output }) => {
  const [x, exponentials] = [input(0), input(1)];
  const { rows, columns, stride4, inverse_scale, zero, code_max, zero_code } = p;
  const quantize = constants.QUANTIZE ?? 0;
  host.temporarily(() => {
    const codes = host.allocate(4 * stride4);
    host.kernels.softmaxInteger(x, exponentials, output, rows, columns, stride4, inverse_scale, zero, code_max, zero_code, quantize, codes);
  });
};
