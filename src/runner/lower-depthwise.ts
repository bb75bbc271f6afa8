/** Convolutions of each channel by itself: in float, or of codes in exact integers. Formulas: shaders/depthwise.wgsl, shaders/depthwise-codes.wgsl. */
import type { Node } from "../graph/graph.ts";
import type { Quantizer } from "../graph/quantizer.ts";
import { encodeTensor } from "../quant/schemes/encode.ts";
import { schemeOf } from "../quant/schemes/index.ts";
import { checkSum, farthestCode } from "./check-sums.ts";
import { inputLevels } from "./input-levels.ts";
import { columnPositions, storedColumns, type Layout } from "./layout.ts";
import { stride, type LowerUnit } from "./lowering.ts";
import { codeMax, isUniform } from "./pack-weights.ts";
import type { ConstantArray } from "./plan.ts";
import { readAs } from "./quantized-copies.ts";
import { quantizerOf } from "./units.ts";

export const lowerDepthwise: LowerUnit = (lowering, { node, output }) => {
  const { builder } = lowering;
  const { indices, weight } = node.weights;
  const { input: inputQuantizer, weight: quantizer } = node.quantizers ?? {};
  const input = readAs(lowering, node.inputs[0], quantizerOf({ node, operand: 0, gather: null }));
  const layout = builder.layoutOf(input.name);
  const [rows, group] = indices.shape;
  builder.declare(output, { ...layout, kind: "f32", rows });
  const params = { images: builder.options.images, in_rows: layout.rows, out_rows: rows, stride4: stride(layout), group };
  const constant = (part: string, build: () => ConstantArray) => builder.constant(`${node.name}.${part}`, build);
  // -1 becomes the shaders' NONE.
  const operands = [{ value: input.name }, constant("indices", () => Uint32Array.from(indices.data))];
  const step = { name: node.name, params, constants: {}, output };
  if (!input.isCodes) {
    const packed = constant("taps", () => {
      const used = quantizer && builder.options.mode !== "float" ? schemeOf(quantizer).fakeQuantize(weight, quantizer) : weight;
      const { bias } = node.weights;
      return Float32Array.from([
        ...tapRows(used.data, group, layout),
        ...tapRows(bias?.data ?? new Float32Array(weight.shape[0]), 1, layout),
      ]);
    });
    builder.step({ ...step, kernel: "depthwise", inputs: [...operands, packed] });
    return;
  }
  if (!quantizer || !inputQuantizer) throw new Error(`internal: ${node.name} reads codes without quantizers`);
  const levels = levelsOf(node, inputQuantizer, quantizer);
  const tables = [
    constant("levels", () => Int32Array.from(levels.levels)),
    constant("codes", () => Int32Array.from(tapRows(centredCodes(node, quantizer), group, layout))),
    constant("columns", () => columnTriples(node, quantizer, levels, layout)),
  ];
  builder.step({ ...step, kernel: "depthwise-codes", inputs: [...operands, ...tables] });
};

interface Levels {
  /** The integer of each of 256 codes; in value, level * unit + offset. */
  readonly levels: ArrayLike<number>;
  readonly unit: number;
  readonly offset: number;
}

function levelsOf({ name, weights }: Node, input: Quantizer, weight: Quantizer): Levels {
  const taps = weights.weight.shape[1];
  const farthest = weight.zeroPoint.reduce((most, zero) => Math.max(most, farthestCode(codeMax(weight), zero)), 0);
  if (input.scale.length !== 1) throw new Error(`internal: ${name} reads several grids`);
  if (!isUniform(input)) return inputLevels(input, taps, codeMax(weight), farthest);
  const [zero] = input.zeroPoint;
  checkSum(name, taps * farthest * farthestCode(codeMax(input), zero));
  return { levels: Float64Array.from({ length: 256 }, (_, code) => code - zero), unit: input.scale[0], offset: 0 };
}

/** Code - zero point of each weight: [C,G] */
function centredCodes({ weights: { weight } }: Node, quantizer: Quantizer): Float64Array {
  const run = weight.data.length / quantizer.zeroPoint.length;
  return Float64Array.from(encodeTensor(weight, quantizer).data, (code, i) => code - quantizer.zeroPoint[Math.floor(i / run)]);
}

/** (scale, offset, bias) of each stored column, in quads. */
function columnTriples({ weights }: Node, { scale }: Quantizer, { unit, offset }: Levels, layout: Layout): Float32Array<ArrayBuffer> {
  const out = new Float32Array(3 * storedColumns(layout));
  columnPositions(layout).forEach((at, column, { length }) => {
    const step = scale[Math.floor((column * scale.length) / length)];
    [unit * step, offset * step, weights.bias?.data[column] ?? 0].forEach((value, i) => (out[12 * (at >> 2) + 4 * i + (at & 3)] = value));
  });
  return out;
}

/** [C,G] -> [G, stored columns], 0 in the padding. */
function tapRows(values: ArrayLike<number>, group: number, layout: Layout): Float64Array {
  const stored = storedColumns(layout);
  const out = new Float64Array(group * stored);
  columnPositions(layout).forEach((at, column) => {
    for (let tap = 0; tap < group; tap++) out[tap * stored + at] = values[column * group + tap];
  });
  return out;
}
