/** Rows moved, put side by side and pooled; tables of relative positions added to attention scores. */
import { attribute } from "../graph/ops.ts";
import { expandedBias } from "../reference/attention-bias.ts";
import { pad4, rowLayout, storedColumns } from "./layout.ts";
import { stride, type LowerUnit } from "./lowering.ts";
import { residualOperand } from "./lower-integer-rows.ts";
import type { PlanBuilder } from "./plan-builder.ts";
import type { Operand } from "./plan.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** Rows permuted, kept or put side by side, in float. */
export const lowerGatherRows: LowerUnit = ({ builder }, { node, output }) => {
  gatherStep(builder, node.name, node.inputs[0], output, node.weights.indices);
};

/** indices: [M,G], -1 for a row of zeros. */
function gatherStep(builder: PlanBuilder, name: string, source: string, output: string, { shape: [rows, group], data }: Tensor): void {
  const layout = builder.layoutOf(source);
  if (layout.kind !== "f32") throw new Error(`internal: ${name} reads codes of ${source}`);
  builder.declare(output, rowLayout("f32", rows, group * layout.headDim));
  // -1 becomes the shader's NONE.
  const table = builder.constant(`${name}.indices`, () => Uint32Array.from(data));
  const params = {
    images: builder.options.images,
    in_rows: layout.rows,
    in_stride: storedColumns(layout),
    out_rows: rows,
    out_stride: storedColumns(builder.layoutOf(output)),
    group,
    part: layout.headDim,
  };
  builder.step({ name, kernel: "gather-rows", params, constants: {}, inputs: [{ value: source }, table], output });
}

/** Pooling: the largest of some rows, column by column. */
export const lowerMaxRows: LowerUnit = ({ builder }, { node, output }) => {
  const [source] = node.inputs;
  const layout = builder.layoutOf(source);
  if (layout.kind !== "f32") throw new Error(`internal: ${node.name} reads codes of ${source}`);
  const { indices } = node.weights;
  const [rows, group] = indices.shape;
  builder.declare(output, { ...layout, rows });
  const table = builder.constant(`${node.name}.indices`, () => Uint32Array.from(indices.data));
  const params = { images: builder.options.images, in_rows: layout.rows, out_rows: rows, stride4: stride(layout), group };
  builder.step({ name: node.name, kernel: "max-rows", params, constants: {}, inputs: [{ value: source }, table], output });
};

/** Rows averaged by the softmax of their scores. */
export const lowerSoftmaxPool: LowerUnit = ({ builder, graph }, { node, output }) => {
  const [scores, source] = node.inputs;
  const layout = builder.layoutOf(source);
  if (layout.kind !== "f32") throw new Error(`internal: ${node.name} reads codes of ${source}`);
  builder.declare(output, rowLayout("f32", 1, graph.shapes[output][0]));
  const params = {
    images: builder.options.images,
    tokens: layout.rows,
    score_stride4: stride(builder.layoutOf(scores)),
    stride4: stride(layout),
  };
  builder.step({ name: node.name, kernel: "softmax-pool", params, constants: {}, inputs: [{ value: scores }, { value: source }], output });
};

/** The last row that a graph gives out; in front of a Gemm the same op is a row map. */
export const lowerGather: LowerUnit = ({ builder }, { node, output }) => {
  gatherStep(builder, node.name, node.inputs[0], output, tensor([1, 1], Float32Array.of(attribute(node, "index"))));
};

/** PrependTokens where no Gemm writes its patches: rows moved behind the prefix, and one table added to all of them. */
export const lowerTokens: LowerUnit = (lowering, { node, output }) => {
  const { builder } = lowering;
  const [source] = node.inputs;
  const { prefix, positions } = node.weights;
  const [patches, columns] = positions.shape;
  const rows = prefix.shape[0] + patches;
  const moved = `${output}~moved`;
  if (builder.layoutOf(source).kind !== "f32") throw new Error(`internal: ${node.name} reads codes of ${source}`);
  gatherStep(
    builder,
    node.name,
    source,
    moved,
    tensor(
      [rows, 1],
      Float32Array.from({ length: rows }, (_, row) => Math.max(row - prefix.shape[0], -1)),
    ),
  );
  addTable(builder, node.name, moved, output, tensor([rows, columns], Float32Array.from([...prefix.data, ...positions.data])));
};

/** scores + bias, both in rows of one map after another. */
export const lowerAttentionBias: LowerUnit = ({ builder }, { node, output }) => {
  const bias = expandedBias(node.weights);
  const [maps, tokens, columns] = bias.shape;
  addTable(builder, node.name, node.inputs[0], output, tensor([maps * tokens, columns], bias.data));
};

/** Adds table [P,D] to every run of P rows of a value. */
function addTable(builder: PlanBuilder, name: string, source: string, output: string, { shape: [period, columns], data }: Tensor): void {
  const table = builder.constant(`${name}.table`, () => {
    const width = pad4(columns);
    const out = new Float32Array(period * width);
    for (let row = 0; row < period; row++) out.set(data.subarray(row * columns, (row + 1) * columns), row * width);
    return out;
  });
  addRows(builder, name, source, table, period, output);
}

/** Adds `period` rows of another operand to every run of as many rows of a value. */
function addRows(builder: PlanBuilder, name: string, source: string, added: Operand, period: number, output: string): void {
  const layout = builder.layoutOf(source);
  builder.declare(output, layout);
  const params = { rows: builder.options.images * layout.rows, stride4: stride(layout), period };
  builder.step({ name, kernel: "attention-bias", params, constants: {}, inputs: [{ value: source }, added], output });
}

/** A sum that no Gemm's epilogue computes. */
export const lowerAdd: LowerUnit = (lowering, { node, output }) => {
  const { builder } = lowering;
  const [a, b] = node.inputs;
  const [left, right] = [builder.layoutOf(a), builder.layoutOf(b)];
  if (left.kind !== "f32" || right.kind !== "f32" || stride(left) !== stride(right) || left.headDim !== right.headDim)
    throw new Error(`internal: ${node.name} adds values that do not lie alike`);
  addRows(
    builder,
    node.name,
    residualOperand(lowering, a, node.quantizers?.input),
    { value: b },
    builder.options.images * left.rows,
    output,
  );
};
