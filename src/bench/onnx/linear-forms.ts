/** How a linear layer is written into ONNX: in float, as static int8 (QDQ), as dynamic int8, or with weights in blocks of 4 bits. */
import type { Quantizer } from "../../graph/quantizer.ts";
import { encodeTensor } from "../../quant/schemes/encode.ts";
import { roundTiesToEven } from "../../tensor/rounding.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { OnnxBuilder } from "./onnx-builder.ts";
import { moved, type Operand } from "./operand.ts";
import { dequantizedWeight, quantizedValue } from "./quantize-linear.ts";

/** Writes the value `name`: x . weight^T + bias, [batch,...,K] -> [batch,...,N]; weight: [N,K]. */
export type LinearForm = (builder: OnnxBuilder, layer: LinearLayer) => void;

export interface LinearLayer {
  readonly name: string;
  readonly input: Operand;
  /** The axes of the input between the batch and K. */
  readonly rows: readonly number[];
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
  readonly inputQuantizer: Quantizer | undefined;
  readonly weightQuantizer: Quantizer | undefined;
}

/** The first axis of every value. */
export const BATCH = "batch";

/**
 * Gemm on rows, which is what onnxruntime makes of MatMul and Add where the batch is no open one. The shapes are stated because they cannot be derived
 * from an open batch, and where onnxruntime does not know them it writes no result in the place of another.
 */
export const floatLinear: LinearForm = (builder, { name, input, rows, weight, bias }) => {
  const [n, k] = weight.shape;
  const constants = [builder.floats(`${name}.weight`, transposed(weight)), ...(bias ? [builder.floats(`${name}.bias`, bias)] : [])];
  const x = moved(input);
  if (rows.length === 0) {
    builder.node("Gemm", [x, ...constants], name);
    return;
  }
  const allRows = [BATCH, ...rows].join("*");
  const flat = builder.shaped(builder.node("Reshape", [x, builder.integers([-1, k])], `${name}.rows`), [allRows, k]);
  const result = builder.shaped(builder.node("Gemm", [flat, ...constants], `${name}.result`), [allRows, n]);
  builder.shaped(builder.node("Reshape", [result, builder.integers([-1, ...rows, n])], name), [BATCH, ...rows, n]);
};

/**
 * QuantizeLinear -> DequantizeLinear around both operands, as onnxruntime's static quantizer writes them; layers without quantizers stay float.
 * The bias is an Add: a Gemm takes part in integer arithmetic only with a bias of int32 codes, which WebGPU would turn into floats at every forward.
 */
export const qdqLinear: LinearForm = (builder, layer) => {
  const { name, input, weight, inputQuantizer, weightQuantizer } = layer;
  if (!inputQuantizer || !weightQuantizer) {
    floatLinear(builder, layer);
    return;
  }
  const [n, k] = weight.shape;
  const codes = transposedBytes(encodeTensor(weight, weightQuantizer).data, n, k);
  const x = quantizedValue(builder, input, inputQuantizer, `${name}.input`);
  const w = dequantizedWeight(builder, name, codes, [k, n], 1, weightQuantizer);
  plusBias(builder, layer, (output) => builder.node("MatMul", [x, w], output));
};

/** What onnxruntime's dynamic quantizer writes: the input's range is taken at run time, weights are int8 per tensor and symmetric. */
export const dynamicLinear: LinearForm = (builder, layer) => {
  const { name, input, weight } = layer;
  const scale = weight.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / 127 || 1;
  const { shape, data } = transposed(weight);
  const codes = Int8Array.from(data, (value) => roundTiesToEven(value / scale));
  const [x, xScale, xZero] = builder.outputs("DynamicQuantizeLinear", [moved(input)], `${name}.input`, 3);
  const weightName = builder.constant({ name: `${name}.weight`, type: "int8", shape, data: codes });
  const weightZero = builder.constant({ name: `${name}.weight_zero`, type: "int8", shape: [], data: Int8Array.of(0) });
  const sums = builder.node("MatMulInteger", [x, weightName, xZero, weightZero], `${name}.sums`);
  const floats = builder.node("Cast", [sums], `${name}.sums_float`, { to: 1 });
  const step = builder.node("Mul", [xScale, builder.scalar(`${name}.weight_scale`, scale)], `${name}.step`);
  plusBias(builder, layer, (output) => builder.node("Mul", [floats, step], output));
};

function plusBias(builder: OnnxBuilder, { name, bias }: LinearLayer, product: (output: string) => string): void {
  if (bias) builder.node("Add", [product(`${name}.product`), builder.floats(`${name}.bias`, bias)], name);
  else product(name);
}

const BLOCK = 32;
/** 0: float activations, 4: activations may be rounded to int8, which is what MatMulNBits is fastest with. */
const ACCURACY_LEVEL = 4;

/** com.microsoft.MatMulNBits: blocks of 32 weights along K share a scale; 4-bit codes 0..15 around 8. It adds the bias itself. */
export const blockLinear: LinearForm = (builder, { name, input, weight, bias }) => {
  const [n, k] = weight.shape;
  const blocks = Math.ceil(k / BLOCK);
  const codes = new Uint8Array(n * blocks * (BLOCK / 2)).fill(0x88);
  const scales = new Float32Array(n * blocks);
  for (let block = 0; block < n * blocks; block++) {
    const row = Math.floor(block / blocks);
    const start = (block % blocks) * BLOCK;
    const values = weight.data.subarray(row * k + start, row * k + Math.min(k, start + BLOCK));
    const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / 7 || 1;
    scales[block] = scale;
    values.forEach((value, i) => {
      const code = roundTiesToEven(value / scale) + 8;
      const at = block * (BLOCK / 2) + (i >> 1);
      codes[at] = i % 2 === 0 ? (codes[at] & 0xf0) | code : (codes[at] & 0x0f) | (code << 4);
    });
  }
  const inputs = [
    moved(input),
    builder.constant({ name: `${name}.weight_blocks`, type: "uint8", shape: [n, blocks, BLOCK / 2], data: codes }),
    builder.constant({ name: `${name}.weight_scales`, type: "float", shape: [n * blocks], data: scales }),
    // Zero points (8 where they are absent) and an order of groups come before it.
    ...(bias ? ["", "", builder.floats(`${name}.bias`, bias)] : []),
  ];
  const attributes = { K: k, N: n, bits: 4, block_size: BLOCK, accuracy_level: ACCURACY_LEVEL };
  builder.node("MatMulNBits", inputs, name, attributes, "com.microsoft");
};

/** [N,K] -> [K,N] */
function transposed({ shape: [n, k], data }: Tensor): { readonly shape: readonly number[]; readonly data: Float32Array } {
  const result = new Float32Array(n * k);
  for (let row = 0; row < n; row++) for (let column = 0; column < k; column++) result[column * n + row] = data[row * k + column];
  return { shape: [k, n], data: result };
}

/** [N,K] -> [K,N] */
function transposedBytes(data: Uint8Array, n: number, k: number): Uint8Array {
  const result = new Uint8Array(n * k);
  for (let row = 0; row < n; row++) for (let column = 0; column < k; column++) result[column * n + row] = data[row * k + column];
  return result;
}
