import type { Graph, Node } from "../graph/graph.ts";
import type { Quantizer } from "../graph/quantizer.ts";

/** A node with the nodes that its kernel's epilogue computes too. */
export interface Unit {
  readonly node: Node;
  readonly gelu: Node | null;
  /** An Affine whose reader wants codes: its factors and addends go into their encoding. */
  readonly affine: Node | null;
  /** The scores and the softmax that an AttentionOutput computes too, in one dispatch. */
  readonly attention: { readonly scores: Node; readonly softmax: Node } | null;
  /** An Add whose other operand is ready before this unit: the residual. */
  readonly add: Node | null;
  readonly tokens: Node | null;
  /** Name of the value that the unit writes: the last fused node's. */
  readonly output: string;
}

/** One reading of a value: by which node, as which operand, and which rows (a Gather between them is a row map, not a step). */
export interface Use {
  readonly node: Node;
  readonly operand: number;
  /** The Gather that selects one row, when the value is read through one. */
  readonly gather: Node | null;
}

/** All readers of every value, seen through Gather. */
export function usesOf(graph: Graph): ReadonlyMap<string, readonly Use[]> {
  const direct = new Map<string, Use[]>();
  const add = (value: string, use: Use) => direct.set(value, [...(direct.get(value) ?? []), use]);
  const gathers = new Map(rowMaps(graph).map((node) => [node.name, node]));
  for (const node of graph.nodes) {
    if (gathers.has(node.name)) continue;
    node.inputs.forEach((input, operand) => {
      const gather = gathers.get(input) ?? null;
      add(gather ? gather.inputs[0] : input, { node, operand, gather });
    });
  }
  return direct;
}

/** A Gather is a row map of the Gemms that read it; where something else does, or nothing, it is a step. */
function rowMaps({ nodes }: Graph): readonly Node[] {
  return nodes.filter(({ op, name }) => {
    const readers = op === "Gather" ? nodes.filter(({ inputs }) => inputs.includes(name)) : [];
    return readers.length > 0 && readers.every((reader) => reader.op === "Gemm");
  });
}

/**
 * Group nodes into units: Gemm + Gelu, Gemm + Add, Gemm + PrependTokens, AttentionScores + Softmax + AttentionOutput where `joins` says that a kernel
 * does all three, and an Affine at the end of Gemm, Gelu or AttentionOutput where `absorbs` says that its producer can encode for it.
 * A value that has other readers is never fused away.
 */
export function fuse(
  graph: Graph,
  uses: ReadonlyMap<string, readonly Use[]>,
  absorbs: (producer: Node, affine: Node) => boolean,
  joins: (scores: Node, softmax: Node, output: Node) => boolean,
): readonly Unit[] {
  const fused = new Set(rowMaps(graph).map(({ name }) => name));
  const ready = new Set<string>(["pixels"]);
  const units: Unit[] = [];
  // Readers through a Gather do not read this value in place.
  const onlyReader = ({ name }: Node) => {
    const readers = uses.get(name) ?? [];
    return readers.length === 1 && readers[0].gather === null ? readers[0].node : undefined;
  };
  const joined = new Map<string, NonNullable<Unit["attention"]>>();
  for (const node of graph.nodes) {
    if (fused.has(node.name)) continue;
    if (node.op === "AttentionScores") {
      const softmax = onlyReader(node);
      const last = softmax?.op === "Softmax" ? onlyReader(softmax) : undefined;
      if (softmax && last?.op === "AttentionOutput" && joins(node, softmax, last)) {
        fused.add(softmax.name);
        joined.set(last.name, { scores: node, softmax });
        continue;
      }
    }
    const attention = joined.get(node.name) ?? null;
    const unit = {
      node,
      attention,
      gelu: null as Node | null,
      affine: null as Node | null,
      add: null as Node | null,
      tokens: null as Node | null,
    };
    const only = onlyReader(node);
    if (node.op === "Gemm" && only) {
      const other = only.inputs.find((input) => input !== node.name);
      if (only.op === "Gelu" && only.attributes.approximate !== "sigmoid") unit.gelu = only;
      else if (only.op === "PrependTokens") unit.tokens = only;
      else if (only.op === "Add" && other && ready.has(other)) unit.add = only;
    }
    const last = (unit.tokens ?? unit.add) ? undefined : onlyReader(unit.gelu ?? node);
    if (last?.op === "Affine" && absorbs(node, last)) unit.affine = last;
    const parts = [unit.gelu, unit.tokens, unit.add, unit.affine].filter((part) => part !== null);
    for (const { name } of parts) fused.add(name);
    const output = parts.at(-1)?.name ?? node.name;
    ready.add(output);
    units.push({ ...unit, output });
  }
  return units;
}

/** The quantizer with which `use` reads its operand, if any. */
export function quantizerOf({ node, operand }: Use): Quantizer | undefined {
  const { quantizers } = node;
  if (node.op === "Gemm" || node.op === "DepthwiseConvolution") return quantizers?.weight ? quantizers.input : undefined;
  if (node.op === "AttentionOutput" && operand === 0) return quantizers?.probabilities;
  return undefined;
}
