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
  /** Over the last axis; weights.scale, weights.bias: [D]; attribute epsilon. attribute centred 0: RMSNorm, which takes no mean off. arithmetic "integer": see reference/integer-layer-normalization. */
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
  /**
   * qkv [N,3D] -> q.k^T * scale: [H,N,N]; columns of qkv are q, k, v, each head-major. attributes numHeads, scale.
   * attribute windows W (absent: 1): the rows are W runs of N / W tokens that only see each other: [W*H, N/W, N/W], heads of a window side by side.
   */
  AttentionScores: {
    sites: ["query", "key"],
    infer(node, [[n, d3]]) {
      const heads = attribute(node, "numHeads");
      const windows = windowsOf(node);
      expect(node, d3 % (3 * heads) === 0, `qkv width ${d3} does not divide into 3 x ${heads} heads`);
      expect(node, n % windows === 0, `${n} tokens do not divide into ${windows} windows`);
      return [windows * heads, n / windows, n / windows];
    },
  },
  /**
   * scores [M,N,N] + bias, map m getting bias m mod P. Either weights.bias [P,N,N], or by relative position: weights.table [R,H], weights.indices [N,N] of
   * its rows (P = H), and for shifted windows weights.regions [W,N] (P = W*H): tokens of different regions get -100 more, which hides them from each other.
   */
  AttentionBias: {
    sites: [],
    infer(node, [x]) {
      const { bias, table, indices, regions } = node.weights;
      const tokens = bias ? bias.shape.slice(1) : indices.shape;
      const period = bias ? bias.shape[0] : table.shape[1] * (regions?.shape[0] ?? 1);
      const fits = x[0] % period === 0 && sameShape(tokens, x.slice(1)) && (!regions || regions.shape[1] === tokens[0]);
      expect(node, fits, `bias [${period},${tokens.join(",")}], scores [${x.join(",")}]`);
      const wrong = indices?.data.find((index) => !(Number.isInteger(index) && index >= 0 && index < table.shape[0]));
      expect(node, wrong === undefined, `index ${wrong} into a table`);
      return x;
    },
  },
  /**
   * Over the last axis. arithmetic "log-int": see reference/log-int-softmax. attributes gamma <= 0, zeta >= 1: clipped softmax, clip((zeta - gamma) p + gamma, 0, 1)
   * (Bondarenko et al. 2023, arXiv 2306.12929).
   */
  Softmax: { sites: [], optionalSites: ["input"], infer: (_node, [x]) => x },
  /** probabilities [H,N,N], or [W*H, N/W, N/W] of windows, and qkv [N,3D] -> heads' P.V concatenated: [N,D]. */
  AttentionOutput: { sites: ["probabilities", "value"], infer: (_node, [, [n, d3]]) => [n, d3 / 3] },
  /** x [N,D] of heads side by side, gates [N,H] or [H] for all rows -> [N,D]: each head times the sigmoid of its gate. */
  HeadGate: {
    sites: [],
    infer(node, [x, gates]) {
      const heads = gates.at(-1) ?? 0;
      expect(node, x[1] % heads === 0 && (gates.length === 1 || gates[0] === x[0]), `gates [${gates.join(",")}], heads [${x.join(",")}]`);
      return x;
    },
  },
  /**
   * q, k, v [N,D], all q and k >= 0 -> [N,D]: in each head y_i = sum_j (q_i.k_j) v_j / (sum_j q_i.k_j + epsilon), attention without softmax.
   * attributes numHeads, epsilon.
   */
  LinearAttention: {
    sites: [],
    infer(node, [q, k, v]) {
      expect(node, sameShape(q, k) && sameShape(k, v), `q [${q.join(",")}], k [${k.join(",")}], v [${v.join(",")}]`);
      expect(node, q[1] % attribute(node, "numHeads") === 0, `${q[1]} columns do not divide into heads`);
      return v;
    },
  },
  /** attribute approximate: "none" (erf), "tanh" or "sigmoid" (QuickGELU). */
  Gelu: { sites: [], infer: (_node, [x]) => x },
  /** attribute kind: "relu", "silu", "polynomial" (attributes c0, c1, c2: c0 + c1 x + c2 x^2). */
  Activation: { sites: [], infer: (_node, [x]) => x },
  /** [...,2M] -> [...,M]: f of the first half of the columns times the second; attribute kind as of Activation. */
  GatedActivation: {
    sites: [],
    infer(node, [x]) {
      const width = x.at(-1) ?? 0;
      expect(node, width % 2 === 0, `${width} columns have no halves`);
      return [...x.slice(0, -1), width / 2];
    },
  },
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
  /**
   * [N,D] -> [M,G*D]: row m is the rows weights.indices [M,G] of x side by side. Permutes rows (windows, shifts), keeps some of them, merges patches,
   * lays out what a convolution reads. Indices are whole numbers from 0 to N - 1, stored as f32; -1 stands for a row of zeros.
   */
  GatherRows: {
    sites: [],
    infer(node, [[n, d]]) {
      const [rows, group] = rowIndices(node, n);
      return [rows, group * d];
    },
  },
  /** [N,D] -> [M,D]: column by column the largest of the rows weights.indices [M,G]; -1 counts for nothing. Max pooling. */
  MaxRows: { sites: [], infer: (node, [[n, d]]) => [rowIndices(node, n)[0], d] },
  /**
   * [N,C] -> [M,C]: each channel is convolved by itself, y[m,c] = bias[c] + sum_g x[indices[m,g],c] weight[c,g]. weights.weight [C,G], optional bias [C],
   * weights.indices [M,G]; -1 stands for a row of zeros.
   */
  DepthwiseConvolution: {
    sites: ["input", "weight"],
    infer(node, [[n, c]]) {
      const [rows, group] = rowIndices(node, n);
      const { shape } = node.weights.weight;
      expect(node, sameShape(shape, [c, group]), `weight [${shape.join(",")}] for ${c} channels and ${group} taps`);
      return [rows, c];
    },
  },
  /** scores [N,1], x [N,D] -> [D]: rows of x weighted by the softmax over all scores. */
  SoftmaxPool: {
    sites: [],
    infer(node, [scores, [n, d]]) {
      expect(node, sameShape(scores, [n, 1]), `scores [${scores.join(",")}] for ${n} rows`);
      return [d];
    },
  },
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

/** Whether a LayerNormalization takes the mean off; RMSNorm does not. */
export function isCentred({ attributes }: Pick<Node, "attributes">): boolean {
  return attributes.centred !== 0;
}

/** What a clipped softmax stretches its probabilities to; null for a plain one. */
export function stretchOf({ attributes }: Pick<Node, "attributes">): { readonly gamma: number; readonly zeta: number } | null {
  const { gamma, zeta } = attributes;
  return typeof gamma === "number" && typeof zeta === "number" ? { gamma, zeta } : null;
}

/** Runs of rows that attention keeps apart. */
export function windowsOf({ attributes }: Pick<Node, "attributes">): number {
  return typeof attributes.windows === "number" ? attributes.windows : 1;
}

/** Heads of an AttentionOutput, from the shapes of probabilities [W*H, N/W, N/W] and qkv [N,3D]. */
export function headsOf([maps, , columns]: Shape, [tokens]: Shape): number {
  return (maps * columns) / tokens;
}

/** A numeric attribute; throws with the node's name when it is absent. */
export function attribute(node: Node, name: string): number {
  const value = node.attributes[name];
  if (typeof value !== "number") throw new Error(`internal: ${node.name} (${node.op}) lacks the attribute ${name}`);
  return value;
}

/** Sizes [M,G] of indices into `rows` rows. */
function rowIndices(node: Node, rows: number): readonly [number, number] {
  const { shape, data } = node.weights.indices;
  expect(node, shape.length === 2, `indices [${shape.join(",")}]`);
  const wrong = data.find((index) => !(Number.isInteger(index) && index >= -1 && index < rows));
  expect(node, wrong === undefined, `index ${wrong} of ${rows} rows`);
  return [shape[0], shape[1]];
}

function expect(node: Node, condition: boolean, message: string): void {
  if (!condition) throw new Error(`internal: ${node.name} (${node.op}): ${message}`);
}
