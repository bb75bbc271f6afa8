import { canRun } from "../gpu/can-run.ts";
import type { Gpu } from "../gpu/device.ts";
import { gemmCodesDot } from "../gpu/kernels/gemm-codes-dot.ts";
import { gemmCodesF32 } from "../gpu/kernels/gemm-codes-f32.ts";
import { timeKernel } from "../gpu/time-kernel.ts";
import type { IntegerExecution } from "./plan.ts";

const REPEATS = 20;

const choices = new WeakMap<GPUDevice, Promise<IntegerExecution>>();

/**
 * The execution of the integer product that this adapter runs faster. Both give the same integers, so only time decides: measured once per device on a 4-bit layer of
 * 64 x 192 x 192. Software adapters have no instruction for packed dots (SwiftShader: a third of the rate of multiply-adds), and compiling two kernels to see it takes them a second.
 */
export function chooseExecution(gpu: Gpu): Promise<IntegerExecution> {
  if (gpu.isSoftware || !canRun(gpu, gemmCodesDot)) return Promise.resolve("f32");
  let choice = choices.get(gpu.device);
  if (!choice) choices.set(gpu.device, (choice = measure(gpu)));
  return choice;
}

export function executionLabel(execution: IntegerExecution): string {
  return execution === "dot" ? "packed integer dot" : "f32 multiply-add";
}

async function measure(gpu: Gpu): Promise<IntegerExecution> {
  const [rows, columns, depth, container] = [64, 192, 192, 4];
  const x = new Uint32Array((rows * depth) / 4).fill(0x05030107);
  const weight = new Uint32Array((columns * depth * container) / 32).fill(0x76543210);
  const columnFloats = new Float32Array(4 * columns).fill(0.01);
  const columnIntegers = new Int32Array(2 * columns).fill(15);
  const none = new Float32Array(4);
  const inputs = [x, weight, columnFloats, columnIntegers, none];
  const params = {
    rows,
    columns4: columns / 4,
    depth4: depth / 4,
    x_step: 1,
    x_offset: 0,
    x_stride4: depth / 4,
    out_group: rows,
    out_group_stride: 0,
    out_offset: 0,
    out_stride4: columns / 4,
    residual_rows: rows,
    residual_stride4: columns / 4,
    row_period: 1,
    gelu: 0,
    has_residual: 0,
    quantize: 1,
  };
  const variant = { CONTAINER: container, TOKENS: 0 };
  const f32Params = { ...params, weight_stride: (columns * container) / 32, chunk4: 1024, group4: depth / 4 };
  const f32Variant = { ...variant, CHUNKED: 0, LEVELS: 0, GROUPED: 0 };
  const f32Ms = await timeKernel(gpu, gemmCodesF32, f32Params, f32Variant, [...inputs, none, none], rows * columns, REPEATS);
  const dotMs = await timeKernel(
    gpu,
    gemmCodesDot,
    { ...params, weight_stride: columns },
    variant,
    [...inputs, none],
    rows * columns,
    REPEATS,
  );
  return dotMs < f32Ms ? "dot" : "f32";
}
