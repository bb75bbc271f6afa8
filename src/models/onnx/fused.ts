/** Operators that stand for several: those of onnxruntime's optimizer, and ONNX's own Attention (opset 23). Each is read as the ones it stands for. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { integerAttribute, numberAttribute } from "./attributes.ts";
import { multiplyProbabilities, scoresOf } from "./attention.ts";
import { asTensor, strided, type Constant } from "./constant.ts";
import { elementwise } from "./elementwise.ts";
import type { Handler, Trace } from "./handler.ts";
import { epsilonOf, layerNorm } from "./normalization.ts";
import { constantOperand, operand, viewOperand } from "./operands.ts";
import { linear, weightOf } from "./product.ts";
import { broken, unsupported } from "./unsupported.ts";
import { reshapeView, shapeOf, sliceView, type Value, type View } from "./value.ts";

export const fused: Readonly<Record<string, Handler>> = {
  "com.microsoft.SkipLayerNormalization": (node, [x, skip, scale, bias, skipBias], trace) => {
    const branch = skipBias ? add(node, operand(node, x), skipBias, trace) : viewOperand(node, x);
    const sum = add(node, operand(node, skip), branch, trace);
    const shift = bias ? constantOperand(node, bias, "a bias") : null;
    return [layerNorm(node, sum, epsilonOf(node), constantOperand(node, scale, "a scale"), shift, trace), null, null, sum];
  },
  Attention: (node, [q, k, v, mask, past], trace) => {
    if (mask || past || integerAttribute(node, "is_causal", 0) !== 0 || numberAttribute(node, "softcap", 0) !== 0) {
      throw unsupported(node, "is an attention with a mask, a past or a cap");
    }
    const views = [q, k, v].map((value) => viewOperand(node, value));
    const scale = numberAttribute(node, "scale", 0);
    if (shapeOf(views[0]).length === 4) return attend(node, views, scale, trace);
    const heads = integerAttribute(node, "q_num_heads", 0);
    if (heads !== integerAttribute(node, "kv_num_heads", 0)) throw unsupported(node, "shares keys between heads");
    return joinHeads(
      node,
      attend(
        node,
        views.map((view) => partHeads(node, view, heads)),
        scale,
        trace,
      ),
    );
  },
  "com.microsoft.MultiHeadAttention": (node, [q, k, v, bias, ...others], trace) => {
    if (others.some((value) => value)) throw unsupported(node, "is an attention with a mask, a bias of scores or a past");
    const heads = integerAttribute(node, "num_heads", 0);
    const vector = bias ? constantOperand(node, bias, "a bias") : null;
    const views = [q, k, v].map((value, i) => {
      const view = viewOperand(node, value);
      const width = shapeOf(view).at(-1) ?? 0;
      return partHeads(node, vector ? add(node, view, strided(vector, [width], [1], i * width), trace) : view, heads);
    });
    return joinHeads(node, attend(node, views, numberAttribute(node, "scale", 0), trace));
  },
  "com.microsoft.Attention": (node, [x, weight, bias, ...others], trace) => {
    if (others.some((value) => value) || integerAttribute(node, "unidirectional", 0) !== 0)
      throw unsupported(node, "is an attention with a mask or a past");
    const projection = weightOf(node, constantOperand(node, weight, "a weight"), 1);
    const vector: Constant | null = bias ? constantOperand(node, bias, "a bias") : null;
    const qkv = linear(node, viewOperand(node, x), projection, vector && (() => asTensor(vector)), trace);
    const width = projection.shape[0] / 3;
    const heads = integerAttribute(node, "num_heads", 0);
    const views = [0, 1, 2].map((third) => {
      const part = sliceView(qkv, 2, third * width, width);
      if (!part) throw broken(node, `are ${projection.shape[0]} columns for query, key and value`);
      return partHeads(node, part, heads);
    });
    return joinHeads(node, attend(node, views, numberAttribute(node, "scale", 0), trace));
  },
};

function add(node: OnnxNode, a: Value, b: Value, trace: Trace): View {
  return viewOperand(node, elementwise.Add(node, [a, b], trace) as Value);
}

/** Softmax(q . k^T * scale) . v of [1,H,N,Dh]; a scale of 0 means 1 / sqrt(Dh). */
function attend(node: OnnxNode, [q, k, v]: readonly View[], scale: number, trace: Trace): View {
  if (shapeOf(q).length !== 4 || shapeOf(k).length !== 4) throw broken(node, "are heads in other than four axes");
  const transposed = { ...k, axes: [k.axes[0], k.axes[1], k.axes[3], k.axes[2]] };
  const scores = scoresOf(node, q, transposed);
  const factor = scale === 0 ? 1 / Math.sqrt(shapeOf(q)[3]) : scale;
  return multiplyProbabilities(node, { ...scores, kind: "probabilities", scale: factor }, v, trace);
}

/** [1,N,D] -> [1,H,N,D/H]. */
function partHeads(node: OnnxNode, view: View, heads: number): View {
  const [batch, rows, width] = shapeOf(view);
  const parted = width % heads === 0 ? reshapeView(view, [batch, rows, heads, width / heads]) : null;
  if (!parted) throw unsupported(node, `parts ${width} columns into ${heads} heads`);
  return { ...parted, axes: [parted.axes[0], parted.axes[2], parted.axes[1], parted.axes[3]] };
}

/** [1,H,N,Dh] -> [1,N,D]. */
function joinHeads(node: OnnxNode, view: View): View {
  const [batch, heads, rows, depth] = shapeOf(view);
  const moved = { ...view, axes: [view.axes[0], view.axes[2], view.axes[1], view.axes[3]] };
  const joined = reshapeView(moved, [batch, rows, heads * depth]);
  if (!joined) throw broken(node, "are heads that do not join");
  return joined;
}
