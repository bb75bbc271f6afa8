/** The integer forms of a Gemm: plain codes, codes of tokens, levels of a codebook, weights in groups along K. Formulas: shaders/gemm-codes-f32.wgsl. */
import type { Node } from "../graph/graph.ts";
import type { Quantizer } from "../graph/quantizer.ts";
import { encodeTensor } from "../quant/schemes/encode.ts";
import { checkSum, farthestCode } from "./check-sums.ts";
import { inputLevels, type InputLevels } from "./input-levels.ts";
import { pad4 } from "./layout.ts";
import { unused, type Codes, type Lowering } from "./lowering.ts";
import { outputColumns } from "./output-columns.ts";
import { codeMax, containerBits, isUniform, packedColumns, packWeightCodes, runSums } from "./pack-weights.ts";
import type { IntegerExecution, Operand } from "./plan.ts";
import type { Unit } from "./units.ts";

/** Integers up to this are exact in f32. */
const F32_EXACT = 2 ** 24 - 1;

/** Where logical columns lie in the operands, and how many are stored. */
export interface Positions {
  readonly inputs: Int32Array;
  readonly storedInputs: number;
  readonly outputs: Int32Array;
  readonly storedOutputs: number;
}

export interface IntegerGemm {
  readonly input: string;
  /** Rows of the input for one image: the period of its tokens. */
  readonly inputRows: number;
  readonly params: Readonly<Record<string, number>>;
  readonly positions: Positions;
  readonly residual: Operand;
  readonly codes: Codes | null;
  readonly bias: Float32Array;
}

export function lowerGemmInteger({ builder }: Lowering, { node, affine, output }: Unit, gemm: IntegerGemm): void {
  const { weight: quantizer, input: inputQuantizer } = node.quantizers ?? {};
  if (!quantizer || !inputQuantizer) throw new Error(`internal: ${node.name} reads codes without quantizers`);
  const { inputs, storedInputs, outputs, storedOutputs } = gemm.positions;
  const { weight } = node.weights;
  const shape = [weight.shape[0], weight.shape[1]] as const;
  const groups = quantizer.axis === 0 ? quantizer.scale.length / shape[0] : 1;
  const table = isUniform(inputQuantizer) ? null : levelsOf(node, inputQuantizer, quantizer, storedInputs);
  const tokens = inputQuantizer.scale.length > 1;
  checkGrids(node, quantizer, inputQuantizer, gemm, groups, table);
  // Levels may be negative or large, groups end a sum: the f32 kernel alone knows them.
  const execution: IntegerExecution = table || groups > 1 ? "f32" : builder.options.execution;
  const container = containerBits(quantizer.bits);

  const packed = builder.constant(`${node.name}.codes.${execution}`, () =>
    packWeightCodes(encodeTensor(weight, quantizer).data, shape, inputs, storedInputs, outputs, storedOutputs, container, execution),
  );
  const layer = { node, quantizer, inputQuantizer, groups, table, tokens, gemm };
  const encode = gemm.codes ? outputColumns(gemm.codes, affine, shape[0]) : null;
  const columnFloats = builder.constant(`${node.name}.column_f`, () => columnFloat(layer, encode));
  const columnIntegers = builder.constant(`${node.name}.column_i`, () => columnInteger(layer, encode?.top ?? null));
  const rowTable = tokens
    ? builder.constant(`${node.name}.row_table`, () =>
        Float32Array.from([...inputQuantizer.scale].flatMap((scale, token) => [scale, inputQuantizer.zeroPoint[token]])),
      )
    : unused(builder);

  const columns = packedColumns(storedOutputs);
  const layerParams = { ...gemm.params, quantize: gemm.codes ? 1 : 0, row_period: tokens ? inputQuantizer.scale.length : 1 };
  const variant = { CONTAINER: container, TOKENS: tokens ? 1 : 0 };
  const operands: Operand[] = [{ value: gemm.input }, packed, columnFloats, columnIntegers, gemm.residual];
  const step = { name: node.name, output };
  if (execution === "dot") {
    const params = { ...layerParams, weight_stride: columns };
    builder.step({ ...step, kernel: "gemm-codes-dot", params, constants: variant, inputs: [...operands, rowTable] });
    return;
  }
  const chunk = Math.floor(F32_EXACT / ((table?.largest ?? codeMax(inputQuantizer)) * codeMax(quantizer)) / 4);
  const group4 = storedInputs / 4 / groups;
  const params = { ...layerParams, weight_stride: (columns * container) / 32, chunk4: chunk, group4 };
  const constants = { ...variant, CHUNKED: group4 > chunk ? 1 : 0, LEVELS: table ? 1 : 0, GROUPED: groups > 1 ? 1 : 0 };
  const levels = table ? builder.constant(`${node.name}.levels`, () => table.levels) : unused(builder);
  builder.step({ ...step, kernel: "gemm-codes-f32", params, constants, inputs: [...operands, levels, rowTable] });
}

interface Layer {
  readonly node: Node;
  readonly quantizer: Quantizer;
  readonly inputQuantizer: Quantizer;
  readonly groups: number;
  readonly table: InputLevels | null;
  readonly tokens: boolean;
  readonly gemm: IntegerGemm;
}

/** (scale, bias, 1 / step of the output, its zero point) of each stored column; the scales of further groups behind them. */
function columnFloat(layer: Layer, encode: { readonly inverse: Float32Array; readonly zero: Float32Array } | null) {
  const { node, quantizer, inputQuantizer, groups, table, tokens, gemm } = layer;
  const { outputs, storedOutputs } = gemm.positions;
  const [n, k] = node.weights.weight.shape;
  const stride = 4 * pad4(storedOutputs);
  const out = new Float32Array(groups * stride);
  const sums = table ? runSums(encodeTensor(node.weights.weight, quantizer).data, n * groups) : null;
  const inputScale = table?.unit ?? (tokens ? 1 : inputQuantizer.scale[0]);
  for (let column = 0; column < n; column++) {
    // The offset of all levels adds offset * sum_k of the weights.
    let bias = gemm.bias[column];
    for (let group = 0; group < groups; group++) {
      const { scale, zero } = weightGrid(quantizer, column, group, n, groups);
      if (table && sums) bias += table.offset * scale * (sums[column * groups + group] - (k / groups) * zero);
      out[group * stride + 4 * outputs[column]] = inputScale * scale;
    }
    out.set([bias, encode?.inverse[column] ?? 0, encode?.zero[column] ?? 0], 4 * outputs[column] + 1);
  }
  return out;
}

/** (256 x weight zero point + largest output code, constant) of each stored column; those of further groups behind them. */
function columnInteger({ node, quantizer, inputQuantizer, groups, table, tokens, gemm }: Layer, top: Int32Array | null) {
  const { outputs, storedInputs, storedOutputs } = gemm.positions;
  const { weight } = node.weights;
  const [n, k] = weight.shape;
  const sums = runSums(encodeTensor(weight, quantizer).data, n * groups);
  const stride = 2 * pad4(storedOutputs);
  const out = new Int32Array(groups * stride);
  const inputZero = table ? 0 : tokens ? 1 : inputQuantizer.zeroPoint[0];
  // Codes in the padding of a row are 0 and count in its sum with what 0 stands for.
  const padding = table ? (storedInputs - k) * table.levels[0] : 0;
  for (let column = 0; column < n; column++) {
    for (let group = 0; group < groups; group++) {
      const { zero } = weightGrid(quantizer, column, group, n, groups);
      const constant = inputZero * ((k / groups) * zero - sums[column * groups + group]) + padding * zero;
      out.set([256 * zero + (top?.[column] ?? 0), constant], group * stride + 2 * outputs[column]);
    }
  }
  return out;
}

function weightGrid({ scale, zeroPoint }: Quantizer, column: number, group: number, n: number, groups: number) {
  const at = scale.length === 1 ? 0 : scale.length === n * groups ? column * groups + group : column;
  return { scale: scale[at], zero: zeroPoint[at] };
}

function farthestWeight(quantizer: Quantizer): number {
  return quantizer.zeroPoint.reduce((most, zero) => Math.max(most, farthestCode(codeMax(quantizer), zero)), 0);
}

function levelsOf(node: Node, input: Quantizer, weight: Quantizer, storedInputs: number): InputLevels {
  if (input.scale.length !== 1) throw new Error(`internal: ${node.name} reads several codebooks`);
  return inputLevels(input, storedInputs, codeMax(weight), farthestWeight(weight));
}

/** The corrected sums fit 32 bits, groups end at whole quads, and tokens are those of an image. */
function checkGrids(
  node: Node,
  quantizer: Quantizer,
  input: Quantizer,
  gemm: IntegerGemm,
  groups: number,
  table: InputLevels | null,
): void {
  const { storedInputs } = gemm.positions;
  const farthestInput = table?.largest ?? input.zeroPoint.reduce((most, zero) => Math.max(most, farthestCode(codeMax(input), zero)), 0);
  // A weight's zero point has 24 bits, even where sums are short: the largest output code is in the same word.
  checkSum(node.name, Math.max(storedInputs * farthestInput, 256) * farthestWeight(quantizer));
  const [, k] = node.weights.weight.shape;
  if (groups > 1 && (storedInputs !== k || k % (4 * groups) !== 0)) throw new Error(`internal: ${node.name}: ${groups} groups cut a quad`);
  if (input.scale.length > 1 && input.scale.length !== gemm.inputRows)
    throw new Error(`internal: ${node.name}: ${input.scale.length} grids do not fit ${gemm.inputRows} rows`);
}
