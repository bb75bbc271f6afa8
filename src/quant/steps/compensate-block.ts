/**
 * QwT (Fu et al., CVPR 2025): beside each quantized block runs a float linear layer that adds back what can be predicted of the block's error from its
 * input, y = Block_q(x) + x V^T + v, with x on the quantized path and Block_float(x) as the target. Used only where it explains something (R^2 > 0).
 */
import { blockPrefix } from "../../graph/blocks.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { createLinearCompensation } from "../solvers/linear-compensation.ts";
import type { LayerStep, StepContext } from "./step.ts";

export function compensateBlock(): LayerStep {
  return {
    stage: "compensating blocks",
    async run(layer, context) {
      const { node } = layer;
      const block = blockOf(context.graph, node.name);
      if (!block) return layer;
      if (node.name === block.nodes[0].name) context.kept.set(block.prefix, layer.inputs[0]);
      if (node.name !== block.nodes.at(-1)?.name || node.op !== "Add") return layer;
      const x = context.kept.get(block.prefix);
      if (!x) throw new Error(`internal: the input of ${block.prefix} was not kept`);
      context.kept.delete(block.prefix);
      const quantized = await context.runNode(node, layer.inputs);
      const target = await runFloat(block, x, context);
      const [width] = [x.shape.at(-1) ?? 0];
      const fit = createLinearCompensation(width, width);
      fit.add(
        x.data,
        target.data.map((value, i) => value - quantized.data[i]),
      );
      const { weight, bias, adjustedR2 } = fit.fit();
      if (!(adjustedR2 > 0)) return { ...layer, output: quantized };
      const raw: Node = { ...node, name: `${node.name}.quantized` };
      const compensation: Node = {
        name: `${block.prefix}compensation`,
        op: "Gemm",
        inputs: [block.input],
        attributes: {},
        weights: { weight: tensor([width, width], weight), bias: tensor([width], bias) },
      };
      const added = await context.runNode(compensation, [x]);
      const output = tensor(
        quantized.shape,
        quantized.data.map((value, i) => value + added.data[i]),
      );
      return {
        ...layer,
        node: { ...node, inputs: [raw.name, compensation.name] },
        inserted: [...layer.inserted, raw, compensation],
        output,
      };
    },
  };
}

interface Block {
  /** "blocks.3." */
  readonly prefix: string;
  readonly nodes: readonly Node[];
  /** Name of the value that the block reads. */
  readonly input: string;
}

function blockOf(graph: Graph, name: string): Block | null {
  const prefix = blockPrefix(name);
  if (!prefix) return null;
  const nodes = graph.nodes.filter((node) => node.name.startsWith(prefix));
  return { prefix, nodes, input: nodes[0].inputs[0] };
}

async function runFloat({ nodes, input }: Block, x: Tensor, { runNode }: StepContext): Promise<Tensor> {
  const values = new Map([[input, x]]);
  let last = x;
  for (const node of nodes) {
    const inputs = node.inputs.map((name) => {
      const value = values.get(name);
      if (!value) throw new Error(`internal: ${node.name} reads ${name} from outside its block`);
      return value;
    });
    last = await runNode(node, inputs);
    values.set(node.name, last);
  }
  return last;
}
