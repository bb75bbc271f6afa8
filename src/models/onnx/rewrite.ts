/** Constants that are added to or multiplied with a node's output, taken into the node: biases, LayerScale, positional embeddings. */
import type { OpName } from "../../graph/node.ts";
import type { Quantizers } from "../../graph/quantizer.ts";
import { tensor, zeros, type Tensor } from "../../tensor/tensor.ts";
import { scaleQuantizer } from "../quantizer-rows.ts";
import type { Trace } from "./handler.ts";
import type { Pending } from "./value.ts";

/** Outputs that a factor for each column can follow: executors take it into what computes them. */
const affineAfter: ReadonlySet<OpName> = new Set(["Gelu", "AttentionOutput"]);

type Numbers = () => ArrayLike<number>;

/** The node whose output has `vector` [D] added to every row; null where the node has no place for it. */
export function addVector(trace: Trace, node: Pending, vector: Numbers): Pending | null {
  const { op, weights } = node;
  if (op === "Gemm") {
    const { bias } = weights;
    return remake(trace, node, { bias: () => combine(bias?.() ?? zeros([vector().length]), vector(), (a, b) => a + b) });
  }
  if (op === "LayerNormalization") return remake(trace, node, { bias: () => combine(weights.bias(), vector(), (a, b) => a + b) });
  if (op === "PrependTokens") {
    return remake(trace, node, {
      prefix: () => combine(weights.prefix(), vector(), (a, b) => a + b),
      positions: () => combine(weights.positions(), vector(), (a, b) => a + b),
    });
  }
  if (op === "Affine") return remake(trace, node, { bias: () => combine(weights.bias(), vector(), (a, b) => a + b) });
  return null;
}

/** The node whose output's columns are multiplied by `vector` [D]. */
export function scaleVector(trace: Trace, node: Pending, vector: Numbers): Pending | null {
  const { op, weights } = node;
  if (op === "LayerNormalization") {
    return remake(trace, node, {
      scale: () => combine(weights.scale(), vector(), (a, b) => a * b),
      bias: () => combine(weights.bias(), vector(), (a, b) => a * b),
    });
  }
  if (affineAfter.has(op)) {
    const width = node.shape.at(-1) ?? 1;
    const scale = () => tensor([width], Float32Array.from(vector()));
    return trace.make({ op: "Affine", inputs: [node], shape: node.shape, weights: { scale, bias: () => zeros([width]) } });
  }
  if (op !== "Gemm") return null;
  const { bias } = weights;
  const rows = {
    weight: () => combineRows(weights.weight(), vector()),
    ...(bias ? { bias: () => combine(bias(), vector(), (a, b) => a * b) } : {}),
  };
  const quantizers = (): Quantizers => {
    const { weight, ...others } = node.quantizers();
    const scaled = weight && scaleQuantizer(weight, vector());
    return scaled ? { ...others, weight: scaled } : others;
  };
  return remake(trace, node, rows, quantizers);
}

/** The node whose output is multiplied by one number; two averaged heads are two halved ones added. */
export function scaleNode(trace: Trace, node: Pending, factor: number): Pending | null {
  if (node.op !== "Add") return scaleVector(trace, node, () => Array.from({ length: node.shape.at(-1) ?? 1 }, () => factor));
  const operands = node.inputs.map((input) => (typeof input === "string" || input.op !== "Gemm" ? null : scaleNode(trace, input, factor)));
  const [a, b] = operands;
  return a && b ? trace.make({ ...node, inputs: [a, b] }) : null;
}

export function remake(trace: Trace, node: Pending, weights: Pending["weights"], quantizers = node.quantizers): Pending {
  return trace.make({ ...node, weights: { ...node.weights, ...weights }, quantizers });
}

/** `vector` meets the last axis. */
function combine(a: Tensor, vector: ArrayLike<number>, compute: (a: number, b: number) => number): Tensor {
  return tensor(
    a.shape,
    a.data.map((value, i) => compute(value, vector[i % vector.length])),
  );
}

/** `vector` meets the first axis. */
function combineRows(a: Tensor, vector: ArrayLike<number>): Tensor {
  const columns = a.shape[1];
  return tensor(
    a.shape,
    a.data.map((value, i) => value * vector[Math.floor(i / columns)]),
  );
}
