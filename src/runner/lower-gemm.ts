import type { Node } from "../graph/graph.ts";
import { attribute } from "../graph/ops.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { residualOperand } from "./lower-integer-rows.ts";
import { columnPositions, rowLayout, storedColumns, type Layout } from "./layout.ts";
import { lowerGemmInteger, type IntegerGemm } from "./lower-gemm-integer.ts";
import { atPositions, codesOf, stride, uniformDecoding, unused, type Lowering } from "./lowering.ts";
import { packedColumns, packFloatWeight } from "./pack-weights.ts";
import type { Operand } from "./plan.ts";
import { encodeHeads, readAs } from "./quantized-copies.ts";
import { isPerToken } from "./quantizer-entry.ts";
import { quantizerOf, type Unit } from "./units.ts";
import { schemeOf } from "../quant/schemes/index.ts";

/** Gemm with what its epilogue absorbs (bias, GELU, residual, class-token gap and positions, output codes), in float or in integers. */
export function lowerGemm(lowering: Lowering, unit: Unit): void {
  const { builder, graph } = lowering;
  const { node } = unit;
  const gather = builder.has(node.inputs[0])
    ? null
    : (graph.nodes.find(({ name, op }) => name === node.inputs[0] && op === "Gather") ?? null);
  const source = gather ? gather.inputs[0] : node.inputs[0];
  const input = readAs(lowering, source, quantizerOf({ node, operand: 0, gather }));
  const inputLayout = builder.layoutOf(input.name);
  const outputLayout = layoutOfOutput(lowering, unit);
  // A float product writes floats: its readers quantize them for themselves, but attention finds its codes under the value's own name.
  const wanted = codesOf(lowering, unit.output);
  const apart = wanted && (input.isCodes ? wanted.quantizers.some(isPerToken) : wanted.quantizers.length > 1) ? wanted : null;
  const codes = input.isCodes && !apart ? wanted : null;
  const written = apart ? `${unit.output}~f32` : unit.output;
  builder.declare(written, { ...outputLayout, kind: codes ? "codes" : "f32" }, codes ? uniformDecoding(codes) : undefined);
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
    gelu: geluVariant(unit.gelu),
    has_residual: residual ? 1 : 0,
  };
  // A product of GELU would run into the residual's addition without an explicit fma: bits could differ between adapters.
  if (unit.gelu && residual) throw new Error(`internal: ${unit.output}: GELU and a residual cannot share an epilogue`);
  const positions = {
    inputs: columnPositions(inputLayout),
    storedInputs: storedColumns(inputLayout),
    outputs: columnPositions(outputLayout),
    storedOutputs: storedColumns(outputLayout),
  };
  const gemm = { input: input.name, params: common, positions, residual: residual ?? unused(builder), bias: biasOf(node) };
  const named = { ...unit, output: written };
  if (input.isCodes) lowerGemmInteger(lowering, named, { ...gemm, inputRows: inputLayout.rows, codes });
  else lowerFloat(lowering, named, gemm);
  if (apart) encodeHeads(lowering, written, unit.output, apart);
}

type FloatGemm = Pick<IntegerGemm, "input" | "params" | "positions" | "residual" | "bias">;

function lowerFloat({ builder }: Lowering, { node, output }: Unit, gemm: FloatGemm): void {
  const { inputs, storedInputs, outputs, storedOutputs } = gemm.positions;
  const weight = builder.constant(`${node.name}.weight`, () => {
    const quantizer = node.quantizers?.weight;
    const used: Tensor =
      quantizer && builder.options.mode !== "float"
        ? schemeOf(quantizer).fakeQuantize(node.weights.weight, quantizer)
        : node.weights.weight;
    return packFloatWeight(used, inputs, storedInputs, outputs, storedOutputs);
  });
  const bias = builder.constant(`${node.name}.bias`, () => atPositions(gemm.bias, outputs, storedOutputs));
  const columns4 = packedColumns(storedOutputs) / 4;
  builder.step({
    name: node.name,
    kernel: "gemm-f32",
    params: { ...gemm.params, weight_columns4: columns4 },
    constants: {},
    inputs: [{ value: gemm.input }, weight, bias, gemm.residual],
    output,
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

function residualOf(lowering: Lowering, { node, add, tokens }: Unit, layout: Layout): Operand | null {
  const { builder } = lowering;
  if (add) {
    const value = add.inputs.find((input) => input !== node.name);
    return value ? { value: residualOperand(lowering, value, add.quantizers?.input) } : null;
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
  const rowBytes = 16 * stride(layout);
  const copy = { constant: rows.constant, value: output, sizeBytes: prefixRows * rowBytes, strideBytes: layout.rows * rowBytes };
  builder.copy({ ...copy, count: builder.options.images });
}

function padRows(data: Float32Array, rows: number, columns: number, stored: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(rows * stored);
  for (let row = 0; row < rows; row++) out.set(data.subarray(row * columns, (row + 1) * columns), row * stored);
  return out;
}
