import type { Node } from "../graph/graph.ts";
import { attribute } from "../graph/ops.ts";
import { InputError } from "../tensor/input-error.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { columnPositions, pad4, rowLayout, storedColumns, type Layout } from "./layout.ts";
import { atPositions, codesOf, readAs, stride, uniformDecoding, unused, type Codes, type Lowering } from "./lowering.ts";
import { channelOf, codeMax, containerBits, packedColumns, packFloatWeight, packWeightCodes, rowSums } from "./pack-weights.ts";
import type { Operand } from "./plan.ts";
import { quantizerOf, type Unit } from "./units.ts";
import { encodeTensor } from "../quant/schemes/encode.ts";
import { schemeOf } from "../quant/schemes/index.ts";

/** Integers up to this are exact in f32. */
const F32_EXACT = 2 ** 24 - 1;

/** Gemm with what its epilogue absorbs (bias, GELU, residual, class-token gap and positions, output codes), in float or in integers. */
export function lowerGemm(lowering: Lowering, unit: Unit): void {
  const { builder, graph, uses } = lowering;
  const { node } = unit;
  const gather = graph.nodes.find((other) => other.name === node.inputs[0] && other.op === "Gather") ?? null;
  const source = gather ? gather.inputs[0] : node.inputs[0];
  const input = readAs(lowering, source, quantizerOf({ node, operand: 0, gather }));
  const inputLayout = builder.layoutOf(input.name);
  const outputLayout = layoutOfOutput(lowering, unit);
  const codes = codesOf(lowering, unit.output);
  builder.declare(unit.output, { ...outputLayout, kind: codes ? "codes" : "f32" }, codes ? uniformDecoding(codes) : undefined);
  if (unit.tokens) writePrefix(lowering, unit.tokens, unit.output, outputLayout);

  const images = builder.options.images;
  const rows = images * (gather ? 1 : inputLayout.rows);
  const prefix = unit.tokens ? unit.tokens.weights.prefix.shape[0] : 0;
  const residual = residualOf(lowering, unit, outputLayout);
  const common = {
    rows,
    columns4: stride(outputLayout),
    depth4: stride(inputLayout),
    x_step: gather ? inputLayout.rows : 1,
    x_offset: gather ? attribute(gather, "index") : 0,
    x_stride4: stride(inputLayout),
    out_group: unit.tokens ? inputLayout.rows : rows,
    out_group_stride: unit.tokens ? outputLayout.rows : 0,
    out_offset: prefix,
    out_stride4: stride(outputLayout),
    residual_rows: unit.tokens ? inputLayout.rows : rows,
    residual_stride4: stride(outputLayout),
  };
  // A product of GELU would run into the residual's addition without an explicit fma: bits could differ between adapters.
  if (unit.gelu && residual) throw new Error(`internal: ${unit.output}: GELU and a residual cannot share an epilogue`);
  const constants = { GELU: geluVariant(unit.gelu), RESIDUAL: residual ? 1 : 0 };
  const positions = {
    inputs: columnPositions(inputLayout),
    storedInputs: storedColumns(inputLayout),
    outputs: columnPositions(outputLayout),
    storedOutputs: storedColumns(outputLayout),
  };
  const last = residual ?? unused(builder);
  if (!input.isCodes) {
    if (codes && !uses.has(unit.output)) throw new Error(`internal: ${unit.output} has codes but no reader`);
    lowerFloat(lowering, unit, { value: input.name }, common, constants, positions, last, codes);
    return;
  }
  lowerInteger(lowering, unit, input.name, common, constants, positions, last, codes);
}

interface Positions {
  readonly inputs: Int32Array;
  readonly storedInputs: number;
  readonly outputs: Int32Array;
  readonly storedOutputs: number;
}

function lowerFloat(
  { builder }: Lowering,
  { node, output }: Unit,
  input: Operand,
  common: Readonly<Record<string, number>>,
  constants: Readonly<Record<string, number>>,
  { inputs, storedInputs, outputs, storedOutputs }: Positions,
  residual: Operand,
  codes: Codes | null,
): void {
  if (codes) throw new Error(`internal: ${output}: a float Gemm cannot write codes; ${node.name} lacks an input quantizer`);
  const weight = builder.constant(`${node.name}.weight`, () => {
    const quantizer = node.quantizers?.weight;
    const used: Tensor =
      quantizer && builder.options.mode !== "float"
        ? schemeOf(quantizer).fakeQuantize(node.weights.weight, quantizer)
        : node.weights.weight;
    return packFloatWeight(used, inputs, storedInputs, outputs, storedOutputs);
  });
  const bias = builder.constant(`${node.name}.bias`, () => atPositions(biasOf(node), outputs, storedOutputs));
  const columns4 = packedColumns(storedOutputs, 8) / 4;
  builder.step({
    name: node.name,
    kernel: "gemm-f32",
    params: { ...common, weight_columns4: columns4 },
    constants,
    inputs: [input, weight, bias, residual],
    output,
  });
}

function lowerInteger(
  { builder }: Lowering,
  { node, output }: Unit,
  input: string,
  common: Readonly<Record<string, number>>,
  constants: Readonly<Record<string, number>>,
  { inputs, storedInputs, outputs, storedOutputs }: Positions,
  residual: Operand,
  codes: Codes | null,
): void {
  const quantizer = node.quantizers?.weight;
  const inputQuantizer = node.quantizers?.input;
  const decoding = builder.decodingOf(input);
  if (!quantizer || !inputQuantizer || decoding?.kind !== "uniform")
    throw new Error(`internal: ${node.name} reads codes without quantizers`);
  const { execution } = builder.options;
  const { weight } = node.weights;
  const shape = [weight.shape[0], weight.shape[1]] as const;
  const container = containerBits(quantizer.bits);
  const zero = decoding.zeroPoint[0];
  const scale = decoding.scale[0];
  const [n, k] = shape;

  const packed = builder.constant(`${node.name}.codes.${execution}`, () =>
    packWeightCodes(encodeTensor(weight, quantizer).data, shape, inputs, storedInputs, outputs, storedOutputs, container, execution),
  );
  const columnFloats = builder.constant(`${node.name}.column_f`, () => {
    const bias = biasOf(node);
    const out = new Float32Array(4 * pad4(storedOutputs));
    for (let column = 0; column < n; column++) {
      const code = codes ? codes.quantizers[Math.floor((column * codes.quantizers.length) / n)] : null;
      const inverse = code ? 1 / code.scale[0] : 0;
      out.set(
        [Math.fround(scale * channelOf(quantizer, column).scale), bias[column], inverse, code?.zeroPoint[0] ?? 0],
        4 * outputs[column],
      );
    }
    return out;
  });
  const columnIntegers = builder.constant(`${node.name}.column_i`, () => {
    const all = encodeTensor(weight, quantizer).data;
    const sums = rowSums(all, shape);
    const out = new Int32Array(4 * pad4(storedOutputs));
    for (let column = 0; column < n; column++) {
      const weightZero = channelOf(quantizer, column).zero;
      checkExact(node, k, codeMax(inputQuantizer), zero, codeMax(quantizer), weightZero);
      const code = codes ? codes.quantizers[Math.floor((column * codes.quantizers.length) / n)] : null;
      out.set([weightZero, k * zero * weightZero - zero * sums[column], code ? codeMax(code) : 0, 0], 4 * outputs[column]);
    }
    return out;
  });
  const columns = packedColumns(storedOutputs, container);
  const chunk = Math.floor(F32_EXACT / (codeMax(inputQuantizer) * codeMax(quantizer)) / 4);
  const params = { ...common, weight_stride: execution === "f32" ? (columns * container) / 32 : columns, chunk4: chunk };
  const variant = { ...constants, QUANTIZE: codes ? 1 : 0, CONTAINER: container };
  const operands: Operand[] = [{ value: input }, packed, columnFloats, columnIntegers, residual];
  if (execution === "f32") {
    const chunked = storedInputs / 4 > chunk ? 1 : 0;
    builder.step({
      name: node.name,
      kernel: "gemm-codes-f32",
      params,
      constants: { ...variant, CHUNKED: chunked },
      inputs: operands,
      output,
    });
  } else {
    builder.step({ name: node.name, kernel: "gemm-codes-dot", params, constants: variant, inputs: operands, output });
  }
}

/** The corrected sum must fit 32 bits; only a zero point far outside the code range can break that. */
function checkExact(node: Node, k: number, inputMax: number, inputZero: number, weightMax: number, weightZero: number): void {
  const farthest = (max: number, zero: number) => Math.max(Math.abs(zero), Math.abs(max - zero));
  if (k * farthest(inputMax, inputZero) * farthest(weightMax, weightZero) < 2 ** 31) return;
  throw new InputError("INTEGER_OVERFLOW", {
    what: `"${node.name}" has a zero point far outside its code range (activations ${inputZero}, weights ${weightZero}).`,
    why: "Its sums could pass 32 bits.",
    next: "Use another recipe or more bits for this layer, or the simulated executor.",
  });
}

function biasOf(node: Node): Float32Array {
  return node.weights.bias?.data ?? new Float32Array(node.weights.weight.shape[0]);
}

function geluVariant(gelu: Node | null): number {
  return gelu ? (gelu.attributes.approximate === "tanh" ? 2 : 1) : 0;
}

function layoutOfOutput({ graph, uses }: Lowering, { node, output }: Unit): Layout {
  const shape = graph.shapes[output];
  const columns = shape.at(-1) ?? 0;
  const rows = shape.length === 1 ? 1 : shape[0];
  const attention = uses.get(node.name)?.find((use) => use.node.op === "AttentionScores")?.node;
  if (!attention) return rowLayout("f32", rows, columns);
  const heads = attribute(attention, "numHeads");
  return { kind: "f32", rows, sections: 3, heads, headDim: columns / (3 * heads) };
}

function residualOf({ builder }: Lowering, { node, add, tokens }: Unit, layout: Layout): Operand | null {
  if (add) {
    const value = add.inputs.find((input) => input !== node.name);
    return value ? { value } : null;
  }
  if (!tokens) return null;
  const { positions } = tokens.weights;
  const [patches, columns] = positions.shape;
  return builder.constant(`${tokens.name}.positions`, () => padRows(positions.data, patches, columns, storedColumns(layout)));
}

function writePrefix({ builder }: Lowering, tokens: Node, output: string, layout: Layout): void {
  const { prefix } = tokens.weights;
  const [prefixRows, columns] = prefix.shape;
  if (prefixRows === 0) return;
  const rows = builder.constant(`${tokens.name}.prefix`, () => padRows(prefix.data, prefixRows, columns, storedColumns(layout)));
  const params = { images: builder.options.images, prefix_rows: prefixRows, tokens: layout.rows, stride4: stride(layout) };
  builder.step({ name: `${tokens.name}.prefix`, kernel: "prefix-rows", params, constants: {}, inputs: [rows], output });
}

function padRows(data: Float32Array, rows: number, columns: number, stored: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(rows * stored);
  for (let row = 0; row < rows; row++) out.set(data.subarray(row * columns, (row + 1) * columns), row * stored);
  return out;
}
