/** Attention in one dispatch: softmax(q k^T) v of whole rows, in float or from codes to codes. */
import { levelSearch } from "../gpu/level-search.ts";
import type { Node } from "../graph/graph.ts";
import { attribute, stretchOf } from "../graph/ops.ts";
import type { Quantizer } from "../graph/quantizer.ts";
import { checkSum, FLOAT_LIMIT } from "./check-sums.ts";
import { codebookOf } from "./codebook.ts";
import { integerLevels, type IntegerLevels } from "./integer-levels.ts";
import { boundsOf, scoreGrids, valueColumns } from "./lower-attention.ts";
import { DEMAX } from "./lower-softmax.ts";
import { codesOf, stride, uniformDecoding, type Lowering, type LowerUnit } from "./lowering.ts";
import { outputColumns } from "./output-columns.ts";
import { codeMax } from "./pack-weights.ts";
import { isPerToken } from "./quantizer-entry.ts";

/** Keys that fit an invocation's private memory (8 KiB by the language), or workgroup memory (16 KiB on every adapter). */
const MOST_TOKENS = { unfused: 0, rows: 256, share: 256, tile: 240 };

interface Attention {
  readonly scores: Node;
  readonly softmax: Node;
  readonly output: Node;
}

/**
 * Whether the plan computes these three nodes in one dispatch. Not where a value between them is tapped, where the row does not fit, in the simulated
 * mode (which quantizes between them), or for clipped softmaxes, and those whose codes need more than thresholds and one integer each (DeMax, levels with an offset or with a factor sqrt(2)).
 */
export function joinsAttention(lowering: Lowering, attention: Attention): boolean {
  const { builder, graph } = lowering;
  const { scores, softmax, output } = attention;
  const { attention: form, taps, mode } = builder.options;
  const [, source] = output.inputs;
  const tokens = graph.shapes[scores.name].at(-1) ?? 0;
  if (mode === "simulated" || stretchOf(softmax) || tokens > MOST_TOKENS[form]) return false;
  if (taps.includes(scores.name) || taps.includes(softmax.name) || source !== scores.inputs[0]) return false;
  if (!codesOf(lowering, source)) return true;
  if (!codesOf(lowering, softmax.name) || softmax.quantizers?.input) return false;
  const { query, key, value, probabilities } = quantizersOf(attention);
  if (probabilities.scheme === DEMAX) return false;
  const headDim = graph.shapes[output.name][1] / attribute(scores, "numHeads");
  if (headDim * codeMax(query) * codeMax(key) >= FLOAT_LIMIT) return false;
  const levels = integerLevels(probabilities, tokens, boundsOf(value));
  return levels.offset === 0 && !levels.hasOdd && levels.pairs.every((level) => Math.abs(level) < FLOAT_LIMIT || levels.shifts);
}

/** The unit of an AttentionOutput with the scores and the softmax before it. */
export const lowerWholeAttention: LowerUnit = (lowering, { node, attention, affine, output }) => {
  const { builder, graph } = lowering;
  const { attention: form } = builder.options;
  if (!attention || form === "unfused") throw new Error(`internal: ${node.name} has no scores of its own`);
  const { scores, softmax } = attention;
  const [, source] = node.inputs;
  const layout = builder.layoutOf(source);
  const { heads, headDim } = layout;
  const rows = graph.shapes[output][0];
  const tokens = graph.shapes[scores.name].at(-1) ?? 0;
  const isFloat = layout.kind === "f32";
  const codes = isFloat ? null : codesOf(lowering, output);
  const outLayout = { kind: codes ? ("codes" as const) : ("f32" as const), rows, sections: 1, heads, headDim };
  builder.declare(output, outLayout, codes ? uniformDecoding(codes) : undefined);
  const head4 = stride(layout) / (3 * heads);
  const params = {
    tokens,
    heads,
    head4,
    qkv_stride4: stride(layout),
    key_offset4: head4 * heads,
    value_offset4: 2 * head4 * heads,
    out_stride4: stride(outLayout),
    // Windows follow each other like images.
    images: (builder.options.images * rows) / tokens,
  };
  const factor = attribute(scores, "scale");
  if (isFloat) {
    const scaled = { ...params, scale: Math.fround(factor) };
    builder.step({ name: node.name, kernel: `attention-${form}-f32`, params: scaled, constants: {}, inputs: [{ value: source }], output });
    return;
  }
  const { query, key, value, probabilities } = quantizersOf({ scores, softmax, output: node });
  const bounds = boundsOf(value);
  const levels = integerLevels(probabilities, tokens, bounds);
  checkSum(node.name, levels.rowSum * bounds.farthest);
  const sums = levels.rowSum * bounds.largest < FLOAT_LIMIT ? "f32" : "integer";
  const encode = codes ? outputColumns(codes, affine, heads * headDim) : null;
  const reached = levelsReached(probabilities, levels);
  const search = levelSearch(reached.thresholds);
  const grids = builder.constant(`${scores.name}.grids`, () => scoreGrids(scores.name, query, key, factor, heads, headDim));
  const thresholds = builder.constant(`${node.name}.thresholds`, () => search.thresholds);
  const starts = builder.constant(`${node.name}.starts`, () => search.starts);
  const table = builder.constant(`${node.name}.levels`, () => Float32Array.from(reached.levels));
  const columns = builder.constant(`${node.name}.columns`, () => valueColumns(outLayout, value, levels.scale, encode));
  const integers = {
    head_dim: headDim,
    q_entries: isPerToken(query) ? tokens : 1,
    k_entries: isPerToken(key) ? tokens : 1,
    bucket_shift: search.shift,
    bucket_first: search.first,
    search_steps: search.steps,
    quantize: codes ? 1 : 0,
    out_max: encode?.max ?? 0,
  };
  builder.step({
    name: node.name,
    kernel: form === "tile" ? "attention-tile-codes" : `attention-${form}-codes-${sums}`,
    params: { ...params, ...integers },
    constants: {},
    inputs: [{ value: source }, grids, thresholds, table, starts, columns],
    output,
  });
};

/** Ascending decision points, and the level of each number of them reached; neighbours of equal level are one. */
function levelsReached(quantizer: Quantizer, { pairs }: IntegerLevels): { thresholds: number[]; levels: number[] } {
  const { thresholds, reversed } = codebookOf(quantizer);
  const levelAt = (reached: number) => {
    const code = reversed ? thresholds.length - reached : reached;
    return pairs[2 * code];
  };
  const kept: { thresholds: number[]; levels: number[] } = { thresholds: [], levels: [levelAt(0)] };
  thresholds.forEach((threshold, at) => {
    const level = levelAt(at + 1);
    if (level === kept.levels.at(-1)) return;
    kept.thresholds.push(Math.max(threshold, 0));
    kept.levels.push(level);
  });
  return kept;
}

function quantizersOf({ scores, output }: Attention): Record<"query" | "key" | "value" | "probabilities", Quantizer> {
  const { query, key } = scores.quantizers ?? {};
  const { value, probabilities } = output.quantizers ?? {};
  if (!query || !key || !value || !probabilities) throw new Error(`internal: ${output.name} reads codes without quantizers`);
  return { query, key, value, probabilities };
}
