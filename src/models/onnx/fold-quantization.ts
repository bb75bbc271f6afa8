/** QuantizeLinear and DequantizeLinear of constants: per tensor, per axis and in blocks (opset 21), to the letter of the ONNX operators. */
import type { OnnxNode, OnnxType } from "../../formats/onnx/onnx-model.ts";
import { roundTiesToEven, clamp } from "../../tensor/rounding.ts";
import { elementCount, sameShape, type Shape } from "../../tensor/tensor.ts";
import { integerAttribute } from "./attributes.ts";
import { arrayFor, constant, type Constant, type QuantizedCodes } from "./constant.ts";
import { broken, unsupported } from "./unsupported.ts";

export function dequantize(node: OnnxNode, inputs: readonly Constant[], opset: number): Constant {
  const [codes, scale, zeroPoint] = inputs;
  const grid = gridOf(node, codes.shape, scale, zeroPoint, opset);
  return constant(
    scale.type,
    codes.shape,
    () => {
      const [q, s, z] = [codes.values(), scale.values(), zeroPoint?.values()];
      const out = arrayFor(scale.type, elementCount(codes.shape));
      for (let i = 0; i < out.length; i++) {
        const entry = grid.entryOf(i);
        out[i] = Math.fround(q[i] - (z ? z[entry] : 0)) * s[entry];
      }
      return out;
    },
    { codes, scale, zeroPoint: zeroPoint ?? null, axis: grid.axis, blockSize: grid.blockSize } satisfies QuantizedCodes,
  );
}

/** Smallest and largest code by type. */
export const codeRanges: Partial<Record<OnnxType, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  uint4: [0, 15],
  int4: [-8, 7],
  uint2: [0, 3],
  int2: [-2, 1],
};

/** Of a QuantizeLinear without a zero point: attribute output_dtype (opset 21), else uint8. */
export function statedCodeType(node: OnnxNode): OnnxType {
  const code = integerAttribute(node, "output_dtype", 0);
  if (code === 0) return "uint8";
  const type = codesByNumber[code];
  if (type === undefined) throw unsupported(node, `quantizes to the element type ${code}`);
  return type;
}

const codesByNumber: Readonly<Record<number, OnnxType>> = {
  2: "uint8",
  3: "int8",
  4: "uint16",
  5: "int16",
  21: "uint4",
  22: "int4",
  25: "uint2",
  26: "int2",
};

export function quantize(node: OnnxNode, inputs: readonly Constant[], opset = 21): Constant {
  const [x, scale, zeroPoint] = inputs;
  const type = zeroPoint?.type ?? statedCodeType(node);
  const range = codeRanges[type];
  if (!range) throw unsupported(node, `quantizes to ${type}`);
  const grid = gridOf(node, x.shape, scale, zeroPoint, opset);
  return constant(type, x.shape, () => {
    const [values, s, z] = [x.values(), scale.values(), zeroPoint?.values()];
    const out = new Float64Array(elementCount(x.shape));
    for (let i = 0; i < out.length; i++) {
      const entry = grid.entryOf(i);
      out[i] = clamp(roundTiesToEven(Math.fround(values[i] / s[entry])) + (z ? z[entry] : 0), range[0], range[1]);
    }
    return out;
  });
}

/** Which entry of scale and zero point an element takes. */
function gridOf(node: OnnxNode, shape: Shape, scale: Constant, zeroPoint: Constant | undefined, opset: number) {
  if (zeroPoint && elementCount(zeroPoint.shape) !== elementCount(scale.shape)) throw broken(node, "scale and zero point differ in size");
  if (elementCount(scale.shape) === 1) return { axis: null, blockSize: 1, entryOf: () => 0 };
  const stated = integerAttribute(node, "axis", 1);
  const axis = stated < 0 ? stated + shape.length : stated;
  if (axis < 0 || axis >= shape.length || opset < 13) throw broken(node, `there is no axis ${stated} of [${shape.join(",")}]`);
  const inner = elementCount(shape.slice(axis + 1));
  const size = shape[axis];
  if (scale.shape.length === 1) {
    if (scale.shape[0] !== size) throw broken(node, `${scale.shape[0]} scales stand for an axis of ${size}`);
    return { axis, blockSize: 1, entryOf: (i: number) => Math.floor(i / inner) % size };
  }
  const blockSize = integerAttribute(node, "block_size", 0);
  const blocks = Math.ceil(size / blockSize);
  if (!(blockSize > 0) || !sameShape(scale.shape, shape.with(axis, blocks))) {
    throw broken(node, `scales [${scale.shape.join(",")}] do not fit blocks of ${blockSize} in [${shape.join(",")}]`);
  }
  const entryOf = (i: number) => {
    const outer = Math.floor(i / (inner * size));
    const along = Math.floor((Math.floor(i / inner) % size) / blockSize);
    return (outer * blocks + along) * inner + (i % inner);
  };
  return { axis, blockSize, entryOf };
}
