/** Names of nodes by their place in the network, as timm names its modules: `blocks.3.attn.qkv`. */
import type { OpName } from "../../graph/node.ts";
import type { Pending } from "./value.ts";

/** `nodes` in order of execution. What has no place in a Vision Transformer is named after its operator. */
export function nameNodes(nodes: readonly Pending[]): Map<Pending, string> {
  const names = new Map<Pending, string>();
  const taken = new Set<string>();
  const readers = readersOf(nodes);
  const name = (node: Pending | undefined, wanted: string): Pending | undefined => {
    if (node && !names.has(node) && !taken.has(wanted)) {
      names.set(node, wanted);
      taken.add(wanted);
    }
    return node;
  };
  const reader = (node: Pending | undefined, op: OpName) => node && readers.get(node)?.find((other) => other.op === op);

  const patches = name(
    nodes.find(({ op }) => op === "Patchify"),
    "patch_embed.patches",
  );
  name(reader(patches, "Gemm"), "patch_embed.proj");
  name(
    nodes.find(({ op }) => op === "PrependTokens"),
    "tokens",
  );
  nodes
    .filter(({ op }) => op === "AttentionScores")
    .forEach((scores, i) => {
      const block = `blocks.${i}`;
      const qkv = name(nodeInput(scores), `${block}.attn.qkv`);
      const before = qkv && nodeInput(qkv);
      if (before?.op === "LayerNormalization") name(before, `${block}.norm1`);
      name(scores, `${block}.attn.matmul1`);
      const bias = name(reader(scores, "AttentionBias"), `${block}.attn.bias`);
      const softmax = name(reader(bias ?? scores, "Softmax"), `${block}.attn.softmax`);
      const output = name(reader(softmax, "AttentionOutput"), `${block}.attn.matmul2`);
      const proj = name(reader(output && (reader(output, "Affine") ?? output), "Gemm"), `${block}.attn.proj`);
      const stream = name(reader(proj, "Add"), `${block}.add1`);
      const norm2 = reader(stream, "LayerNormalization");
      const fc1 = reader(norm2 ?? stream, "Gemm");
      const act = reader(fc1, "Gelu") ?? reader(fc1, "Activation") ?? reader(fc1, "GatedActivation");
      if (!act) return;
      name(norm2, `${block}.norm2`);
      name(fc1, `${block}.mlp.fc1`);
      name(act, `${block}.mlp.act`);
      const scaled = reader(act, "Affine");
      name(reader(name(reader(scaled ?? act, "Gemm"), `${block}.mlp.fc2`), "Add"), `${block}.add2`);
    });
  const last = nodes.at(-1);
  if (last?.op === "Add") {
    name(last, "logits");
    const heads = last.inputs.filter((input) => typeof input !== "string");
    for (const head of heads) name(head, nodeInput(head)?.attributes.index === 1 ? "head_dist" : "head");
  } else if (last?.op === "Gemm") name(last, "head");
  for (const node of nodes) name(node, placeAtEnd(node));
  let count = 0;
  for (const node of nodes) if (!names.has(node)) name(node, `${node.op}_${count++}`);
  return names;
}

/** Parts that a network has once, besides blocks and heads. */
function placeAtEnd({ op, shape, attributes }: Pending): string {
  if (op === "LayerNormalization") return shape.length === 1 ? "fc_norm" : "norm";
  if (op === "Gather" || op === "ReduceMean") return attributes.index === 1 ? "pool_dist" : "pool";
  return op;
}

function nodeInput({ inputs: [first] }: Pending): Pending | undefined {
  return typeof first === "string" ? undefined : first;
}

function readersOf(nodes: readonly Pending[]): Map<Pending, Pending[]> {
  const readers = new Map<Pending, Pending[]>();
  for (const node of nodes) {
    for (const input of node.inputs) if (typeof input !== "string") readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  return readers;
}
