/** Gates of heads, and attention without softmax, in float. Formulas: shaders/head-gate.wgsl, shaders/linear-attention.wgsl. */
import { attribute } from "../graph/ops.ts";
import { rowLayout, storedColumns } from "./layout.ts";
import { stride, type LowerUnit } from "./lowering.ts";

export const lowerHeadGate: LowerUnit = ({ builder }, { node, output }) => {
  const [source, gates] = node.inputs;
  const [layout, gateLayout] = [builder.layoutOf(source), builder.layoutOf(gates)];
  if (layout.kind !== "f32" || gateLayout.kind !== "f32" || layout.heads !== gateLayout.headDim)
    throw new Error(`internal: ${node.name} has ${gateLayout.headDim} gates for ${layout.heads} heads`);
  builder.declare(output, layout);
  const params = {
    rows: builder.options.images * layout.rows,
    tokens: layout.rows,
    stride4: stride(layout),
    head4: stride(layout) / layout.heads,
    gate_rows: gateLayout.rows,
    gate_stride: storedColumns(gateLayout),
  };
  builder.step({ name: node.name, kernel: "head-gate", params, constants: {}, inputs: [{ value: source }, { value: gates }], output });
};

/** First what all queries of a head share, then each query on it. */
export const lowerLinearAttention: LowerUnit = ({ builder }, { node, output }) => {
  const [q, k, v] = node.inputs;
  const layout = builder.layoutOf(q);
  for (const name of [q, k, v]) {
    const { kind, heads } = builder.layoutOf(name);
    if (kind !== "f32" || heads !== 1) throw new Error(`internal: ${node.name} reads ${name}, which does not lie in plain rows`);
  }
  const width = layout.headDim;
  const depth = width / attribute(node, "numHeads");
  const shared = `${output}~sums`;
  builder.declare(shared, rowLayout("f32", width, depth + 1));
  builder.declare(output, layout);
  const words = storedColumns(builder.layoutOf(shared));
  const params = { images: builder.options.images, tokens: layout.rows, width, depth, stride: storedColumns(layout) };
  builder.step({
    name: node.name,
    kernel: "linear-attention-sums",
    params: { ...params, out_stride: words },
    constants: {},
    inputs: [{ value: k }, { value: v }],
    output: shared,
  });
  builder.step({
    name: node.name,
    kernel: "linear-attention",
    params: { ...params, sums_stride: words, epsilon: Math.fround(attribute(node, "epsilon")) },
    constants: {},
    inputs: [{ value: q }, { value: shared }],
    output,
  });
};
