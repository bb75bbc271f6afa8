/**
 * An ONNX network -> our graph. Every operator is read once, in order: constants are folded (the batch axis is 1, so shapes are constants), values of
 * the network become views and, where an operator completes something that our graph has, nodes. What fits nothing is refused with the node's name.
 */
import type { OnnxFile } from "../../formats/onnx/open-onnx.ts";
import type { OnnxNode, OnnxTensor } from "../../formats/onnx/onnx-model.ts";
import { elementCount, type Shape } from "../../tensor/tensor.ts";
import { modelError } from "../error-codes.ts";
import { attention } from "./attention.ts";
import { constant, type Constant } from "./constant.ts";
import { elementwise } from "./elementwise.ts";
import { expandQuantized } from "./expand-quantized.ts";
import { foldNode, folds } from "./fold.ts";
import { fused } from "./fused.ts";
import type { Handler, Trace } from "./handler.ts";
import { movementOps } from "./movement-ops.ts";
import { neededNodes } from "./needed-nodes.ts";
import { normalization } from "./normalization.ts";
import { ownFunctions } from "./own-functions.ts";
import { packedWeights } from "./packed-weights.ts";
import { product } from "./product.ts";
import { quantization } from "./quantization.ts";
import { tokens } from "./tokens.ts";
import { createTrace } from "./trace.ts";
import { broken, unsupported } from "./unsupported.ts";
import { viewOf, type Pending, type Value } from "./value.ts";

/** Elements of folded constants together: the weights of a ViT-G twice over. */
const MAX_FOLDED = 2 ** 32;
/** Of one that is no copy of a weight. */
const MAX_CONSTANT = 2 ** 28;

const handlers: Readonly<Record<string, Handler>> = {
  ...elementwise,
  ...movementOps,
  ...normalization,
  ...product,
  ...attention,
  ...tokens,
  ...quantization,
  ...fused,
  ...packedWeights,
  ...ownFunctions,
};

/** The node that computes the output, with everything that it needs; names are still to be given. */
export interface TracedGraph {
  readonly output: Pending;
  readonly notes: readonly string[];
}

/** `inputShape`: [C,H,W]. Throws InputError ONNX_UNSUPPORTED or ONNX_INVALID. */
export function traceOnnx({ model, values }: OnnxFile, inputShape: Shape, input: string, output: string): TracedGraph {
  const fromTensor = (stored: OnnxTensor) => constant(stored.type, stored.dims, () => values(stored));
  const trace = createTrace(model.opsets[""] ?? 1, fromTensor);
  const known = new Map<string, Value | null>(model.initializers.map((stored) => [stored.name, fromTensor(stored)]));
  known.set(input, viewOf(null, inputShape));
  let folded = 0;
  const { nodes, notes } = expandQuantized(model);
  for (const note of notes) trace.notes.add(note);
  for (const node of neededNodes(nodes, output)) {
    const inputs = node.inputs.map((name) => {
      if (name === "") return null;
      const value = known.get(name);
      if (!value) throw broken(node, `is no value named "${name}" before the node`);
      return value;
    });
    const result = readNode(node, inputs, trace);
    const outputs = Array.isArray(result) ? (result as readonly (Value | null)[]) : [result as Value];
    node.outputs.forEach((name, i) => known.set(name, outputs[i] ?? null));
    for (const value of outputs) {
      if (value?.kind !== "constant") continue;
      const count = elementCount(value.shape);
      folded += count;
      if (!(count <= MAX_CONSTANT) || !(folded <= MAX_FOLDED))
        throw broken(node, `are constants of ${count} elements, which no network needs`);
    }
  }
  return { output: lastNode(known.get(output) ?? null, output, nodes, trace), notes: [...trace.notes] };
}

function readNode(node: OnnxNode, inputs: readonly (Value | null)[], trace: Trace): ReturnType<Handler> {
  // Our own functions carry their size in their name.
  const name =
    node.domain === ""
      ? node.opType
      : node.domain === "vitrine"
        ? `vitrine.${node.opType.replace(/\d+$/, "")}`
        : `${node.domain}.${node.opType}`;
  const isConstant = inputs.every((value) => value === null || value.kind === "constant");
  if (isConstant && Object.hasOwn(folds, name)) {
    return foldNode(name, node, inputs as readonly (Constant | null)[], { opset: trace.opset, fromTensor: trace.fromTensor });
  }
  if (!Object.hasOwn(handlers, name))
    throw unsupported(node, `is an operator that ${Object.hasOwn(folds, name) ? "is run on constants only" : "is not known here"}`);
  return handlers[name](node, inputs, trace);
}

function lastNode(value: Value | null, output: string, nodes: readonly OnnxNode[], trace: Trace): Pending {
  const maker = nodes.find(({ outputs }) => outputs.includes(output));
  if (!maker || !value)
    throw modelError("ONNX_INVALID", "The ONNX network is incomplete.", `No node computes its output "${output}".`, "Export it again.");
  if (value.kind !== "view") throw unsupported(maker, "ends the network before something is finished");
  const node = trace.read(value, maker);
  if (node.shape.length !== 1) {
    throw unsupported(
      maker,
      `gives [${node.shape.join(",")}] for each image as the output "${output}", where logits or one embedding are needed`,
    );
  }
  return node;
}
