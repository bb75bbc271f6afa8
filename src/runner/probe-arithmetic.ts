import type { Gpu } from "../gpu/device.ts";
import { runKernel } from "../gpu/run-kernel.ts";
import { gemmF32 } from "../gpu/kernels/gemm-f32.ts";

const known = new WeakMap<GPUDevice, Promise<boolean>>();

/** Whether this adapter rounds fma once (hardware) or as a product and a sum (SwiftShader): asked once per device, of the GEMM kernel itself. */
export function adapterFusesMultiplyAdd(gpu: Gpu): Promise<boolean> {
  let answer = known.get(gpu.device);
  if (!answer) known.set(gpu.device, (answer = probe(gpu)));
  return answer;
}

async function probe(gpu: Gpu): Promise<boolean> {
  // (1 + 2^-12)^2 - (1 + 2^-11) = 2^-24 exactly; a rounded product loses it and gives 0.
  const a = 1 + 2 ** -12;
  const x = Float32Array.of(1, a, 0, 0);
  const weight = new Float32Array(4 * 8);
  weight[0] = -(1 + 2 ** -11);
  weight[8] = a;
  const params = {
    rows: 1,
    columns4: 1,
    depth4: 1,
    weight_columns4: 2,
    x_step: 1,
    x_offset: 0,
    x_stride4: 1,
    out_group: 1,
    out_group_stride: 0,
    out_offset: 0,
    out_stride4: 1,
    residual_rows: 1,
    residual_stride4: 1,
    gelu: 0,
    has_residual: 0,
  };
  const inputs = [x, weight, new Float32Array(4), new Float32Array(4)];
  const output = await runKernel(gpu, gemmF32, params, {}, inputs, 4);
  return new Float32Array(output.buffer)[0] !== 0;
}
