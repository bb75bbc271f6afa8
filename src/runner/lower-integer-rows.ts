/** FQ-ViT's rows: the residual stream stored as codes with power-of-two factors, LayerNorm on those codes, softmax on score codes. */
import { attribute } from "../graph/ops.ts";
import type { Quantizer } from "../graph/quantizer.ts";
import { integerExponentials } from "../reference/log-int-softmax.ts";
import { factorGrid, LARGEST_FACTOR_EXPONENT } from "../quant/schemes/power-of-two-factor.ts";
import { InputError } from "../tensor/input-error.ts";
import { farthestCode } from "./check-sums.ts";
import { codebookOf } from "./codebook.ts";
import { columnPositions, storedColumns } from "./layout.ts";
import { lowerSoftmax } from "./lower-softmax.ts";
import { lowerLayerNorm } from "./lower-rows.ts";
import { atPositions, codesOf, outputCode, stride, uniformDecoding, type Lowering, type LowerUnit } from "./lowering.ts";
import { codeMax } from "./pack-weights.ts";
import type { Unit } from "./units.ts";

/** What the integer LayerNorm's sums hold: columns, and |code - zero| << k. */
const MOST_COLUMNS = 8000;
const GRID_LIMIT = 2 ** 11;
/** Score codes have at most eight bits, so this many distances from the largest. */
const DISTANCES = 256;

/** LayerNormalization in float, in float on a quantized input, or in integers. */
export const lowerNorm: LowerUnit = (lowering, unit) => {
  const quantizer = unit.node.quantizers?.input;
  if (!quantizer || lowering.builder.options.mode === "float") return lowerLayerNorm(lowering, unit);
  if (unit.node.attributes.arithmetic === "integer") return lowerIntegerNorm(lowering, unit, quantizer);
  const input = quantizedResidual(lowering, unit.node.inputs[0], quantizer);
  lowerLayerNorm(lowering, { ...unit, node: { ...unit.node, inputs: [input] } });
};

/** Softmax in float or in integers. */
export const lowerAnySoftmax: LowerUnit = (lowering, unit) => {
  const { name, attributes, quantizers } = unit.node;
  if (!quantizers?.input || lowering.builder.options.mode === "float") return lowerSoftmax(lowering, unit);
  if (attributes.arithmetic !== "log-int")
    throw new Error(`internal: ${name} has quantized scores and float arithmetic, which no kernel runs`);
  lowerIntegerSoftmax(lowering, unit, quantizers.input);
};

/** The residual stream as an Add reads it: itself, or through the codes that the LayerNorm beside it reads. */
export function residualOperand(lowering: Lowering, value: string, quantizer: Quantizer | undefined): string {
  return quantizer && lowering.builder.options.mode !== "float" ? quantizedResidual(lowering, value, quantizer) : value;
}

/** A float copy of `value` that went through its codes. */
function quantizedResidual(lowering: Lowering, value: string, quantizer: Quantizer): string {
  const { builder } = lowering;
  const source = columnCodes(lowering, value, quantizer);
  const name = `${source}~float`;
  if (builder.has(name)) return name;
  const layout = builder.layoutOf(value);
  builder.declare(name, layout);
  const scale = builder.constant(`${source}.scale`, () => atPositions(quantizer.scale, columnPositions(layout), storedColumns(layout)));
  builder.step({
    name,
    kernel: "dequantize-columns",
    params: {
      rows: builder.options.images * layout.rows,
      columns: layout.headDim,
      stride4: stride(layout),
      zero: quantizer.zeroPoint[0],
    },
    constants: {},
    inputs: [{ value: source }, scale],
    output: name,
  });
  return name;
}

/** `value` as codes with a step per column and one zero point. */
function columnCodes({ builder }: Lowering, value: string, quantizer: Quantizer): string {
  const { scheme, bits, scale, zeroPoint } = quantizer;
  const name = `${value}~${scheme}${bits}@${scale[0]},${zeroPoint[0]}`;
  if (builder.has(name)) return name;
  if (!factorGrid(quantizer)) throw new Error(`internal: ${value} is read with ${scheme} steps that have no common grid`);
  const layout = builder.layoutOf(value);
  builder.declare(name, { ...layout, kind: "codes" }, { kind: "uniform", rows: 1, scale: [...scale], zeroPoint: [...zeroPoint] });
  const inverse = builder.constant(`${name}.inverse`, () =>
    atPositions(
      scale.map((step) => 1 / step),
      columnPositions(layout),
      storedColumns(layout),
    ),
  );
  builder.step({
    name,
    kernel: "quantize-columns",
    params: {
      rows: builder.options.images * layout.rows,
      columns: layout.headDim,
      stride4: stride(layout),
      zero: zeroPoint[0],
      code_max: codeMax(quantizer),
    },
    constants: {},
    inputs: [{ value }, inverse],
    output: name,
  });
  return name;
}

function lowerIntegerNorm(lowering: Lowering, { node, output }: Unit, quantizer: Quantizer): void {
  const { builder } = lowering;
  const layout = builder.layoutOf(node.inputs[0]);
  const grid = factorGrid(quantizer);
  if (!grid) throw new Error(`internal: ${node.name} has no common integer grid`);
  refuseOverflow(node.name, layout.headDim, farthestCode(codeMax(quantizer), grid.zeroPoint) << LARGEST_FACTOR_EXPONENT);
  const source = columnCodes(lowering, node.inputs[0], quantizer);
  const codes = codesOf(lowering, output);
  builder.declare(output, { ...layout, kind: codes ? "codes" : "f32" }, codes ? uniformDecoding(codes) : undefined);
  const outputStep = attribute(node, "outputStep");
  const { zero, max } = outputCode(codes);
  const positions = columnPositions(layout);
  const stored = storedColumns(layout);
  const exponents = builder.constant(`${node.name}.exponents`, () => {
    const bytes = new Uint8Array(stored);
    positions.forEach((position, column) => (bytes[position] = grid.exponents[column]));
    return new Uint32Array(bytes.buffer);
  });
  const perStep = (name: "scale" | "bias") =>
    builder.constant(`${node.name}.${name}.integer`, () =>
      atPositions(
        node.weights[name].data.map((value) => value / outputStep),
        positions,
        stored,
      ),
    );
  builder.step({
    name: node.name,
    kernel: "layer-norm-integer",
    params: {
      rows: builder.options.images * layout.rows,
      columns: layout.headDim,
      stride4: stride(layout),
      inverse_columns: 1 / layout.headDim,
      zero: grid.zeroPoint,
      out_scale: outputStep,
      out_zero: zero,
      code_max: max,
    },
    constants: { QUANTIZE: codes ? 1 : 0 },
    inputs: [{ value: source }, exponents, perStep("scale"), perStep("bias")],
    output,
  });
}

function refuseOverflow(name: string, columns: number, farthest: number): void {
  if (columns <= MOST_COLUMNS && farthest < GRID_LIMIT) return;
  throw new InputError("INTEGER_OVERFLOW", {
    what: `"${name}" cannot be computed in integers: ${columns} columns of magnitude ${farthest}.`,
    why: `Its sums hold ${MOST_COLUMNS} columns of magnitudes below ${GRID_LIMIT}.`,
    next: "Use another recipe, or the simulated executor on the CPU.",
  });
}

function lowerIntegerSoftmax(lowering: Lowering, { node, output }: Unit, quantizer: Quantizer): void {
  const { builder, graph, uses } = lowering;
  const [source] = node.inputs;
  const layout = builder.layoutOf(source);
  const tokens = graph.shapes[output].at(-1) ?? 0;
  const qkv = uses.get(output)?.[0].node.inputs[1];
  const codes = qkv && builder.layoutOf(qkv).kind === "codes" ? codesOf(lowering, output) : null;
  builder.declare(
    output,
    { ...layout, kind: codes ? "codes" : "f32" },
    codes ? { kind: "table", levels: codebookOf(codes.quantizers[0]).levels } : undefined,
  );
  const exponentials = builder.constant(`${node.name}.exponentials`, () =>
    integerExponentials(attribute(node, "inputStep"), DISTANCES, tokens),
  );
  const { inverse, zero, max } = outputCode({ quantizers: [quantizer] });
  builder.step({
    name: node.name,
    kernel: "softmax-integer",
    params: {
      rows: builder.options.images * layout.rows,
      columns: tokens,
      stride4: stride(layout),
      inverse_scale: inverse,
      zero,
      code_max: max,
      zero_code: codes ? codeMax(codes.quantizers[0]) : 0,
    },
    constants: { QUANTIZE: codes ? 1 : 0 },
    inputs: [{ value: source }, exponentials],
    output,
  });
}
