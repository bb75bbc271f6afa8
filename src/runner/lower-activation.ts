import type { Node } from "../graph/graph.ts";
import { rowLayout, storedColumns } from "./layout.ts";
import type { LowerUnit } from "./lowering.ts";

/** The kinds of shaders/activation.wgsl. */
const KINDS: Readonly<Record<string, number>> = { none: 0, tanh: 1, sigmoid: 2, silu: 3, relu: 4, polynomial: 5 };

/** clamp(c0 + c1 x, 0, 1): a clipped softmax behind the plain one. */
export const CLIPPED = 6;

/** An activation that no epilogue computes: a step of its own, in float. */
export const lowerActivation: LowerUnit = ({ builder, graph }, { node, output }) => {
  const [source] = node.inputs;
  const layout = builder.layoutOf(source);
  if (layout.kind !== "f32") throw new Error(`internal: ${node.name} reads codes of ${source}`);
  const columns = graph.shapes[output].at(-1) ?? 0;
  builder.declare(output, { ...rowLayout("f32", layout.rows, columns), ...(columns === layout.headDim ? layout : {}) });
  const params = {
    rows: builder.options.images * layout.rows,
    columns,
    in_stride: storedColumns(layout),
    out_stride: storedColumns(builder.layoutOf(output)),
    ...coefficients(node),
  };
  const constants = { KIND: kindOf(node), GATED: node.op === "GatedActivation" ? 1 : 0 };
  builder.step({ name: node.name, kernel: "activation", params, constants, inputs: [{ value: source }], output });
};

function kindOf({ name, op, attributes }: Node): number {
  const kind = op === "Gelu" ? (attributes.approximate ?? "none") : attributes.kind;
  const number = typeof kind === "string" && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (number === undefined) throw new Error(`internal: ${name} (${op}) has no kernel for ${kind}`);
  return number;
}

function coefficients({ attributes }: Node): Readonly<Record<"c0" | "c1" | "c2", number>> {
  const at = (name: string) => (typeof attributes[name] === "number" ? Math.fround(attributes[name]) : 0);
  return { c0: at("c0"), c1: at("c1"), c2: at("c2") };
}
