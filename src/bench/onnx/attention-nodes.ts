/** The two products of attention, with the layouts around them that exporters write for a joint layer of queries, keys and values. */
import { attribute } from "../../graph/ops.ts";
import type { Node } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { moved, unmoved, type Operand } from "./operand.ts";
import { quantizedValue } from "./quantize-linear.ts";
import type { WriterContext } from "./writer-context.ts";

/** [B,N,1,H,Dh] -> [B,1,H,N,Dh] and [B,1,H,Dh,N] */
const BY_HEAD = [0, 2, 3, 1, 4];
const COLUMNS_BY_HEAD = [0, 2, 3, 4, 1];

/** qkv: [B,N,3A] -> query * scale [B,H,N,Dh] . key [B,H,Dh,N] -> [B,H,N,N]. The scale meets the queries, which are fewer than their products with the keys. */
export function addAttentionScores(context: WriterContext, node: Node): void {
  const { builder } = context;
  const { name, quantizers } = node;
  const [queries, keys] = partsOf(context, node.inputs[0], attribute(node, "numHeads"));
  const scale = attribute(node, "scale");
  const scaled = builder.node("Mul", [queries, builder.scalar(`${name}.scale`, scale)], `${name}.scaled`);
  const query = rounded(context, headsOf(context, scaled, BY_HEAD, `${name}.query`), times(quantizers?.query, scale), `${name}.query`);
  const key = rounded(context, headsOf(context, keys, COLUMNS_BY_HEAD, `${name}.key`), quantizers?.key, `${name}.key`);
  builder.node("MatMul", [query, key], name);
}

/** probabilities [B,H,N,N] . value [B,H,N,Dh] -> [B,H,N,Dh] -> [B,N,A] */
export function addAttentionOutput(context: WriterContext, node: Node): void {
  const { builder, graph, isStatic } = context;
  const { name, inputs, quantizers } = node;
  const [heads] = graph.shapes[inputs[0]];
  const probabilities = rounded(context, unmoved(inputs[0]), quantizers?.probabilities, `${name}.probabilities`);
  const values = headsOf(context, partsOf(context, inputs[1], heads)[2], BY_HEAD, `${name}.value`);
  const value = builder.node("MatMul", [probabilities, rounded(context, values, quantizers?.value, `${name}.value`)], `${name}.by_head`);
  const operand: Operand = {
    value,
    move(each) {
      const byToken = builder.node("Transpose", [each], `${name}.by_token`, { perm: [0, 2, 1, 3] });
      return builder.node("Reshape", [byToken, builder.integers([0, 0, graph.shapes[name][1]])], name);
    },
  };
  const readers = graph.nodes.filter((each) => each.inputs.includes(name));
  if (isStatic && readers.length === 1 && readers[0].op === "Gemm") context.unwritten.set(name, operand);
  else moved(operand);
}

/** [B,N,3A] -> [B,N,3,H,Dh] -> three of [B,N,1,H,Dh] */
function partsOf({ builder, parts }: WriterContext, qkv: string, heads: number): readonly string[] {
  const known = parts.get(qkv);
  if (known) return known;
  const split = builder.node("Reshape", [qkv, builder.integers([0, 0, 3, heads, -1])], `${qkv}.heads`);
  const made = builder.outputs("Split", [split], `${qkv}.part`, 3, { axis: 2, num_outputs: 3 });
  parts.set(qkv, made);
  return made;
}

/** [B,N,1,H,Dh] -> permuted -> without the axis of one */
function headsOf({ builder }: WriterContext, value: string, perm: readonly number[], name: string): Operand {
  return {
    value,
    move(each) {
      const permuted = builder.node("Transpose", [each], `${name}.permuted`, { perm });
      return builder.node("Squeeze", [permuted, builder.integers([1])], `${name}.heads`);
    },
  };
}

function rounded({ builder, isStatic }: WriterContext, operand: Operand, quantizer: Quantizer | undefined, name: string): string {
  return isStatic && quantizer ? quantizedValue(builder, operand, quantizer, name) : moved(operand);
}

/** The grid of values that were multiplied by a factor above 0: the same codes. */
function times(quantizer: Quantizer | undefined, factor: number): Quantizer | undefined {
  return quantizer && { ...quantizer, scale: quantizer.scale.map((each) => each * factor) };
}
