import { attribute, stretchOf, windowsOf } from "../graph/ops.ts";
import type { Quantizer } from "../graph/quantizer.ts";
import { checkSum, farthestCode, FLOAT_LIMIT } from "./check-sums.ts";
import { demaxLevels, integerLevels, type ValueBounds } from "./integer-levels.ts";
import { columnPositions, rowLayout, storedColumns, type Layout } from "./layout.ts";
import { codesOf, stride, uniformDecoding, type Lowering, type LowerUnit } from "./lowering.ts";
import { DEMAX, simulatedProbabilities } from "./lower-softmax.ts";
import { outputColumns, type OutputColumns } from "./output-columns.ts";
import { codeMax } from "./pack-weights.ts";
import { gridAt, headGrid, isPerToken } from "./quantizer-entry.ts";
import { fakeQuantized } from "./quantized-copies.ts";

/** q . k^T: float, or from codes when qkv is stored as codes. */
export const lowerScores: LowerUnit = (lowering, { node, output }) => {
  const { builder, graph } = lowering;
  const [source] = node.inputs;
  const layout = builder.layoutOf(source);
  const [maps, tokens] = graph.shapes[output];
  const windows = windowsOf(node);
  const heads = maps / windows;
  builder.declare(output, rowLayout("f32", maps * tokens, tokens));
  const out = builder.layoutOf(output);
  const head4 = stride(layout) / (3 * heads);
  const params = {
    tokens,
    heads,
    head4,
    qkv_stride4: stride(layout),
    key_offset4: head4 * heads,
    out_stride4: stride(out),
    // Rows of windows follow each other like those of images.
    images: builder.options.images * windows,
  };
  const factor = attribute(node, "scale");
  if (layout.kind === "f32") {
    const read = simulatedQkv(lowering, source);
    builder.step({
      name: node.name,
      kernel: "attention-scores-f32",
      params: { ...params, scale: Math.fround(factor) },
      constants: {},
      inputs: [{ value: read }],
      output,
    });
    return;
  }
  const { query, key } = node.quantizers ?? {};
  if (!query || !key) throw new Error(`internal: ${node.name} reads codes without quantizers`);
  const grids = builder.constant(`${node.name}.grids`, () => scoreGrids(node.name, query, key, factor, heads, layout.headDim));
  const exactInFloat = layout.headDim * codeMax(query) * codeMax(key) < FLOAT_LIMIT;
  const kernel = builder.options.execution === "f32" && exactInFloat ? "attention-scores-codes-f32" : "attention-scores-codes-dot";
  const integers = { head_dim: layout.headDim, q_entries: isPerToken(query) ? tokens : 1, k_entries: isPerToken(key) ? tokens : 1 };
  builder.step({ name: node.name, kernel, params: { ...params, ...integers }, constants: {}, inputs: [{ value: source }, grids], output });
};

/**
 * (scale, zero point) of the queries of each head, or of each token of each head, then those of the keys. Both scales and the factor stand with the
 * queries, but for the scale of keys that changes from token to token.
 */
export function scoreGrids(name: string, query: Quantizer, key: Quantizer, factor: number, heads: number, headDim: number) {
  const perHead = (quantizer: Quantizer) => (isPerToken(quantizer) ? quantizer.scale.length : 1);
  const grids: number[] = [];
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < perHead(query); i++) {
      const [q, k] = [headGrid(query, head, heads, i), headGrid(key, head, heads, 0)];
      grids.push(q.scale * (isPerToken(key) ? 1 : k.scale) * factor, q.zero);
    }
  }
  for (let head = 0; head < heads; head++) {
    for (let j = 0; j < perHead(key); j++) {
      const k = headGrid(key, head, heads, j);
      grids.push(isPerToken(key) ? k.scale : 1, k.zero);
    }
  }
  checkSum(name, headDim * farthestOf(query) * farthestOf(key));
  return Float32Array.from(grids);
}

/** The largest |code - zero| of any entry. */
function farthestOf(quantizer: Quantizer): number {
  return quantizer.zeroPoint.reduce((most, zero) => Math.max(most, farthestCode(codeMax(quantizer), zero)), codeMax(quantizer) / 2);
}

/** What integer levels need to know of the values that they weigh. */
export function boundsOf(value: Quantizer): ValueBounds {
  return { largest: codeMax(value), farthest: farthestOf(value) };
}

/** P . V: float, or from codes by shift-add or integer table. */
export const lowerAttentionOutput: LowerUnit = (lowering, { node, affine, output }) => {
  const { builder, graph } = lowering;
  const [probabilities, source] = node.inputs;
  const layout = builder.layoutOf(source);
  const pLayout = builder.layoutOf(probabilities);
  const { heads, headDim } = layout;
  const rows = graph.shapes[output][0];
  const tokens = graph.shapes[probabilities][1];
  const codes = pLayout.kind === "codes" ? codesOf(lowering, output) : null;
  const outLayout = { kind: codes ? ("codes" as const) : ("f32" as const), rows, sections: 1, heads, headDim };
  builder.declare(output, outLayout, codes ? uniformDecoding(codes) : undefined);
  const head4 = stride(layout) / (3 * heads);
  const params = {
    tokens,
    heads,
    head4,
    p_stride4: stride(pLayout),
    qkv_stride4: stride(layout),
    value_offset4: 2 * head4 * heads,
    out_stride4: stride(outLayout),
    images: (builder.options.images * rows) / tokens,
  };
  if (pLayout.kind === "f32") {
    const p = simulatedProbabilities(lowering, probabilities, node.quantizers?.probabilities);
    const inputs = [{ value: p }, { value: simulatedQkv(lowering, source) }];
    builder.step({ name: node.name, kernel: "attention-output-f32", params, constants: {}, inputs, output });
    return;
  }
  const { probabilities: quantizer, value } = node.quantizers ?? {};
  if (!quantizer || !value) throw new Error(`internal: ${node.name} reads codes without quantizers`);
  const columns = heads * headDim;
  const bounds = boundsOf(value);
  const demax = quantizer.scheme === DEMAX;
  const { words, pairs, shifts, hasOdd, rowSum, scale, offset } = demax
    ? demaxLevels(codeMax(quantizer), tokens)
    : integerLevels(quantizer, tokens, bounds, rowTotal(lowering, probabilities));
  checkSum(node.name, rowSum * bounds.farthest);
  const exactInFloat = builder.options.execution === "f32" && Math.max(rowSum, tokens) * bounds.largest < FLOAT_LIMIT;
  const levels = builder.constant(`${node.name}.levels.${exactInFloat ? "pairs" : "words"}`, () => (exactInFloat ? pairs : words));
  const encode = codes ? outputColumns(codes, affine, columns) : null;
  const table = builder.constant(`${node.name}.columns`, () => valueColumns(outLayout, value, scale, encode));
  const variant = { QUANTIZE: codes ? 1 : 0, EXTRA: demax ? 2 : offset === 0 ? 0 : 1 };
  builder.step({
    name: node.name,
    kernel: exactInFloat ? "attention-output-codes-f32" : "attention-output-codes-shift",
    params: { ...params, out_max: encode?.max ?? 0, offset },
    constants: exactInFloat ? { ...variant, ODD: hasOdd ? 1 : 0 } : { ...variant, SHIFT: shifts ? 1 : 0 },
    inputs: [{ value: probabilities }, { value: source }, levels, table],
    output,
  });
};

/** What a row of probabilities sums to at most: a stretch by zeta - gamma, less what it moves down, is cut at 0. */
function rowTotal({ graph }: Lowering, probabilities: string): number {
  const softmax = graph.nodes.find(({ name }) => name === probabilities);
  const stretch = softmax ? stretchOf(softmax) : null;
  return stretch ? stretch.zeta - stretch.gamma : 1;
}

/** Four vec4 per quad of stored columns: scale of p times that of v, zero point of v, inverse and zero of the output codes; 0 in the padding. */
export function valueColumns(layout: Layout, value: Quantizer, scale: number, encode: OutputColumns | null): Float32Array<ArrayBuffer> {
  const out = new Float32Array(4 * storedColumns(layout));
  columnPositions(layout).forEach((at, column, { length }) => {
    const v = gridAt(value, column, length);
    const row = [scale * v.scale, v.zero, encode?.inverse[column] ?? 0, encode?.zero[column] ?? 0];
    row.forEach((number, index) => (out[16 * (at >> 2) + 4 * index + (at & 3)] = number));
  });
  return out;
}

/** In simulated mode qkv goes through the three quantizers once, for both products. */
function simulatedQkv({ graph, uses, builder }: Lowering, source: string): string {
  if (builder.options.mode !== "simulated") return source;
  const readers = uses.get(source) ?? [];
  const scores = readers.find(({ node }) => node.op === "AttentionScores")?.node.quantizers;
  const value = readers.find(({ node }) => node.op === "AttentionOutput")?.node.quantizers?.value;
  if (!scores?.query || !scores.key || !value) return source;
  return fakeQuantized({ graph, uses, builder }, source, [scores.query, scores.key, value]);
}
