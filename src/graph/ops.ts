import { sameShape, type Shape } from "../tensor/tensor.ts";
import type { Node, OpName } from "./node.ts";
import type { Site } from "./quantizer.ts";

/** What an op is to the rest of the program: its shape rule (per image, without the batch axis) and the inputs that can be quantized, in calibration order. */
interface OpDefinition {
  readonly sites: readonly Site[];
  /** Inputs of ops that most methods leave in float: quantized only where a recipe names them in `arithmeticRules`, or by a pass. */
  readonly optionalSites?: readonly Site[];
  infer(node: Node, inputs: readonly Shape[]): Shape;
}

/** The op table. A missing rule or a missing reference implementation is a compile error elsewhere (`Record<OpName, ...>`). */
export const ops = {
  /** [C,H,W] -> [P, C*p*p]: non-overlapping patches, channel-major inside a patch like Conv weights [D,C,p,p]. attribute patchSize. */
  Patchify: {
    sites: [],
    infer(node, [[c, h, w]]) {
      const p = attribute(node, "patchSize");
      expect(node, h % p === 0 && w % p === 0, `image ${h}x${w} is not a multiple of patch ${p}`);
      return [(h / p) * (w / p), c * p * p];
    },
  },
  /** y = x . weight^T + bias; x: [...,K], weight: [N,K], optional bias: [N]. */
  Gemm: {
    sites: ["input", "weight"],
    infer(node, [x]) {
      const [n, k] = node.weights.weight.shape;
      expect(node, x.at(-1) === k, `input [${x.join(",")}] does not fit weight [${n},${k}]`);
      return [...x.slice(0, -1), n];
    },
  },
  /** [P,D] -> [T+P,D]: rows of weights.prefix [T,D] first (class, register tokens with their positions added), then patches + weights.positions [P,D]. */
  PrependTokens: {
    sites: [],
    infer(node, [[p, d]]) {
      expect(
        node,
        sameShape(node.weights.positions.shape, [p, d]),
        `positions [${node.weights.positions.shape.join(",")}], patches [${p},${d}]`,
      );
      return [p + node.weights.prefix.shape[0], d];
    },
  },
  /** Over the last axis; weights.scale, weights.bias: [D]; attribute epsilon. arithmetic "integer": see reference/integer-layer-normalization. */
  LayerNormalization: {
    sites: [],
    optionalSites: ["input"],
    infer(node, [x]) {
      expect(
        node,
        sameShape(node.weights.scale.shape, [x.at(-1) ?? 0]),
        `scale [${node.weights.scale.shape.join(",")}], input [${x.join(",")}]`,
      );
      return x;
    },
  },
  /** y = x * weights.scale[c] + weights.bias[c] over the last axis, scale, bias: [D]: dequantization executed before the reader that quantizes y. */
  Affine: {
    sites: [],
    infer(node, [x]) {
      for (const { shape } of [node.weights.scale, node.weights.bias]) {
        expect(node, sameShape(shape, [x.at(-1) ?? 0]), `[${shape.join(",")}] for each column, input [${x.join(",")}]`);
      }
      return x;
    },
  },
  /** qkv [N,3D] -> q.k^T * scale: [H,N,N]; columns of qkv are q, k, v, each head-major. attributes numHeads, scale. */
  AttentionScores: {
    sites: ["query", "key"],
    infer(node, [[n, d3]]) {
      const heads = attribute(node, "numHeads");
      expect(node, d3 % (3 * heads) === 0, `qkv width ${d3} does not divide into 3 x ${heads} heads`);
      return [heads, n, n];
    },
  },
  /** Over the last axis. arithmetic "log-int": see reference/log-int-softmax. */
  Softmax: { sites: [], optionalSites: ["input"], infer: (_node, [x]) => x },
  /** probabilities [H,N,N], qkv [N,3D] -> heads' P.V concatenated: [N,D]. */
  AttentionOutput: { sites: ["probabilities", "value"], infer: (_node, [, [n, d3]]) => [n, d3 / 3] },
  /** attribute approximate: "none" (erf) or "tanh". */
  Gelu: { sites: [], infer: (_node, [x]) => x },
  /** Element by element, equal shapes; the site is operand 0, the residual stream. */
  Add: {
    sites: [],
    optionalSites: ["input"],
    infer(node, [a, b]) {
      expect(node, sameShape(a, b), `cannot add [${a.join(",")}] and [${b.join(",")}]`);
      return a;
    },
  },
  /** [N,D] -> [D]: row `index`. */
  Gather: { sites: [], infer: (_node, [[, d]]) => [d] },
  /** [N,D] -> [D]: mean of rows from `start` on. */
  ReduceMean: { sites: [], infer: (_node, [[, d]]) => [d] },
} satisfies Record<OpName, OpDefinition>;

export type { OpName } from "./node.ts";

export function inferShape(node: Node, inputs: readonly Shape[]): Shape {
  const definition: OpDefinition = ops[node.op];
  return definition.infer(node, inputs);
}

export function sitesOf(op: OpName): readonly Site[] {
  return ops[op].sites;
}

export function optionalSitesOf(op: OpName): readonly Site[] {
  const definition: OpDefinition = ops[op];
  return definition.optionalSites ?? [];
}

/** A numeric attribute; throws with the node's name when it is absent. */
export function attribute(node: Node, name: string): number {
  const value = node.attributes[name];
  if (typeof value !== "number") throw new Error(`internal: ${node.name} (${node.op}) lacks the attribute ${name}`);
  return value;
}

function expect(node: Node, condition: boolean, message: string): void {
  if (!condition) throw new Error(`internal: ${node.name} (${node.op}): ${message}`);
}
