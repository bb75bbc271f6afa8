/** Windows of tokens and relative positions: rows moved, tables added to attention scores. */
import { pad4, rowLayout, storedColumns } from "./layout.ts";
import { stride, type LowerUnit } from "./lowering.ts";

/** Rows permuted, kept or put side by side, in float. */
export const lowerGatherRows: LowerUnit = ({ builder }, { node, output }) => {
  const [source] = node.inputs;
  const layout = builder.layoutOf(source);
  if (layout.kind !== "f32") throw new Error(`internal: ${node.name} reads codes of ${source}`);
  const { indices } = node.weights;
  const [rows, group] = indices.shape;
  builder.declare(output, rowLayout("f32", rows, group * layout.headDim));
  const table = builder.constant(`${node.name}.indices`, () => Uint32Array.from(indices.data));
  const params = {
    images: builder.options.images,
    in_rows: layout.rows,
    in_stride: storedColumns(layout),
    out_rows: rows,
    out_stride: storedColumns(builder.layoutOf(output)),
    group,
    part: layout.headDim,
  };
  builder.step({ name: node.name, kernel: "gather-rows", params, constants: {}, inputs: [{ value: source }, table], output });
};

/** The last row that a graph gives out; in front of a Gemm the same op is a row map. */
export const lowerGather: LowerUnit = (lowering, { node, ...unit }) => {
  const indices = { shape: [1, 1], dtype: "f32" as const, data: Float32Array.of(Number(node.attributes.index)) };
  lowerGatherRows(lowering, { ...unit, node: { ...node, weights: { indices } } });
};

/** scores + bias, both in rows of one map after another. */
export const lowerAttentionBias: LowerUnit = ({ builder }, { node, output }) => {
  const [source] = node.inputs;
  const layout = builder.layoutOf(source);
  builder.declare(output, layout);
  const { bias } = node.weights;
  const [maps, tokens, columns] = bias.shape;
  const table = builder.constant(`${node.name}.bias`, () => {
    const width = pad4(columns);
    const out = new Float32Array(maps * tokens * width);
    for (let row = 0; row < maps * tokens; row++) out.set(bias.data.subarray(row * columns, (row + 1) * columns), row * width);
    return out;
  });
  const params = { rows: builder.options.images * layout.rows, stride4: stride(layout), period: maps * tokens };
  builder.step({ name: node.name, kernel: "attention-bias", params, constants: {}, inputs: [{ value: source }, table], output });
};
