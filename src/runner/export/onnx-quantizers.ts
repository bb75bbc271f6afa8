/** Quantized operands in ONNX: QuantizeLinear and DequantizeLinear where they say the same, functions of ours where they cannot. */
import type { Node } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { encodeTensor } from "../../quant/schemes/encode.ts";
import { schemeOf } from "../../quant/schemes/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { isUniform } from "../pack-weights.ts";
import { exportUnsupported } from "./export-format.ts";
import { OWN_DOMAIN, type OnnxBuilder } from "./onnx-builder.ts";
import { codebookFunction, uniformFunction } from "./onnx-functions.ts";

/** The value rounded as the quantizer says; `columns`: its last axis; `rank`: its axes, the batch included. */
export function roundActivation(
  builder: OnnxBuilder,
  value: string,
  quantizer: Quantizer,
  name: string,
  columns: number,
  rank: number,
): string {
  if (!isUniform(quantizer)) return roundByTable(builder, value, quantizer, name);
  const { axis, bits } = quantizer;
  const repeat = axis === -1 ? columns / quantizer.scale.length : 1;
  const spread = (values: Float32Array) => Float32Array.from({ length: values.length * repeat }, (_, i) => values[Math.floor(i / repeat)]);
  const [scale, zero] = [spread(quantizer.scale), spread(quantizer.zeroPoint)];
  const isScalar = scale.length === 1;
  if (zero.every((z) => Number.isInteger(z) && z >= 0 && z <= 255)) {
    const grid = [
      builder.tensor(`${name}_scale`, "float", isScalar ? [] : [scale.length], scale),
      builder.tensor(`${name}_zero_point`, "uint8", isScalar ? [] : [zero.length], zero),
    ];
    const along = isScalar ? {} : { axis: axis === -2 ? rank - 2 : rank - 1 };
    const codes = builder.op("QuantizeLinear", [value, ...grid], `${name}_QuantizeLinear`, along);
    const bounds = [builder.shared("uint8", [], [0]), builder.shared("uint8", [], [2 ** bits - 1])];
    const clipped = bits < 8 ? builder.op("Clip", [codes, ...bounds], `${name}_Clip`) : codes;
    return builder.op("DequantizeLinear", [clipped, ...grid], `${name}_DequantizeLinear`, along);
  }
  const dims = isScalar ? [] : axis === -2 ? [scale.length, 1] : [scale.length];
  builder.define(uniformFunction(bits, builder.opset));
  const grid = [builder.tensor(`${name}_scale`, "float", dims, scale), builder.tensor(`${name}_zero`, "float", dims, zero)];
  return builder.op(`Uniform${bits}`, [value, ...grid], `${name}_rounded`, { bits }, OWN_DOMAIN);
}

function roundByTable(builder: OnnxBuilder, value: string, quantizer: Quantizer, name: string): string {
  const book = quantizer.scale.length === 1 ? schemeOf(quantizer).codebook?.(quantizer) : undefined;
  if (!book) throw exportUnsupported("ONNX", `the quantizer of ${name} (${quantizer.scheme}), whose levels depend on more than the value`);
  const last = book.thresholds.length;
  const steps = Math.ceil(Math.log2(last + 1));
  const padded = new Float32Array(2 ** steps - 1).fill(-Infinity);
  padded.set(book.thresholds);
  // Counting thresholds above x gives the code itself, or the code from the other end where codes grow with x.
  const values = Float32Array.from({ length: 2 ** steps }, (_, count) => {
    const reached = Math.min(count, last);
    return book.decode[book.ascending ? last - reached : reached];
  });
  builder.define(codebookFunction(steps, builder.opset));
  const tables = [
    builder.tensor(`${name}_thresholds`, "float", [padded.length], padded),
    builder.tensor(`${name}_values`, "float", [values.length], values),
  ];
  const { scheme, bits, levels, scale, zeroPoint, parameters } = quantizer;
  const attributes = {
    scheme,
    bits,
    levels,
    scale: scale[0],
    zero_points: JSON.stringify([...zeroPoint]),
    parameters: JSON.stringify(parameters ?? null),
  };
  return builder.op(`Codebook${steps}`, [value, ...tables], `${name}_rounded`, attributes, OWN_DOMAIN);
}

/** Bits that a weight's code takes in the file: ONNX has types of four and of eight. */
export function storedWeightBits({ bits }: Quantizer): 4 | 8 {
  return bits <= 4 ? 4 : 8;
}

/** A Gemm's weight [N,K] under the name of a value [K,N], or [N,K] (`transposed` false). */
export function writeWeight(builder: OnnxBuilder, node: Node, isTransposed: boolean): string {
  const { weight } = node.weights;
  const [n, k] = weight.shape;
  const name = `${node.name}.weight`;
  const place = (values: ArrayLike<number>, rows: number, columns: number) => (isTransposed ? transpose(values, rows, columns) : values);
  const dims = isTransposed ? [k, n] : [n, k];
  const quantizer = node.quantizers?.weight;
  if (!quantizer || !isUniform(quantizer)) return builder.tensor(name, "float", dims, place(roundedWeight(weight, quantizer).data, n, k));
  const type = storedWeightBits(quantizer) === 4 && builder.opset >= 21 ? "uint4" : "uint8";
  const entries = quantizer.scale.length;
  const groups = entries / n;
  const isGrouped = groups > 1;
  if (isGrouped && builder.opset < 21) throw exportUnsupported("ONNX before opset 21", `the groups of ${name}`);
  const most = type === "uint4" ? 15 : 255;
  // A zero point beyond the type's codes: the nearest one is stored, the rest is added behind as a multiple of the scale.
  const zero = quantizer.zeroPoint.map((z) => Math.min(Math.max(z, 0), most));
  const rest = quantizer.zeroPoint.map((z, i) => zero[i] - z);
  if (isGrouped && rest.some((value) => value !== 0))
    throw exportUnsupported("ONNX", `the zero points of ${name}, which lie outside of its codes`);
  const gridDims = entries === 1 ? [] : isGrouped ? (isTransposed ? [groups, n] : [n, groups]) : [n];
  const onGrid = (values: ArrayLike<number>) => (isGrouped ? place(values, n, groups) : values);
  const inputs = [
    builder.tensor(`${name}_quantized`, type, dims, place(encodeTensor(weight, quantizer).data, n, k)),
    builder.tensor(`${name}_scale`, "float", gridDims, onGrid(quantizer.scale)),
    builder.tensor(`${name}_zero_point`, type, gridDims, onGrid(zero)),
  ];
  const rowAxis = isTransposed ? 1 : 0;
  const along = entries === 1 ? {} : isGrouped ? { axis: 1 - rowAxis, block_size: k / groups } : { axis: rowAxis };
  const decoded = builder.op("DequantizeLinear", inputs, name, along);
  if (rest.every((value) => value === 0)) return decoded;
  const shift = rest.map((value, i) => value * quantizer.scale[i]);
  const shiftDims = entries === 1 ? [] : isTransposed ? [1, n] : [n, 1];
  return builder.op("Add", [decoded, builder.tensor(`${name}_shift`, "float", shiftDims, shift)], `${name}_shifted`);
}

/** What the model multiplies with: the weight on its quantizer's levels. */
export function roundedWeight(weight: Tensor, quantizer: Quantizer | undefined): Tensor {
  return quantizer ? schemeOf(quantizer).fakeQuantize(weight, quantizer) : weight;
}

/** [rows, columns] -> [columns, rows]. */
export function transpose(values: ArrayLike<number>, rows: number, columns: number): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = values[row * columns + column];
  return out;
}
