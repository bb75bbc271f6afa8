import { stretchOf } from "../graph/ops.ts";
import type { Quantizer } from "../graph/quantizer.ts";
import { codebookOf } from "./codebook.ts";
import { CLIPPED } from "./lower-activation.ts";
import { storedColumns, stride4, type Layout } from "./layout.ts";
import { codesOf, unused, type Lowering, type LowerUnit } from "./lowering.ts";
import { codeMax } from "./pack-weights.ts";

/** DeMax has a step of its own for each row, so no codebook describes it. */
export const DEMAX = "demax";

type Stretch = NonNullable<ReturnType<typeof stretchOf>>;

/** Softmax to float, or straight to the codes of the next product. */
export const lowerSoftmax: LowerUnit = (lowering, { node, output }) => {
  const { builder, graph, uses } = lowering;
  const [source] = node.inputs;
  const layout = builder.layoutOf(source);
  const tokens = graph.shapes[output].at(-1) ?? 0;
  const reader = uses.get(output)?.[0].node;
  const qkv = reader?.op === "AttentionOutput" ? reader.inputs[1] : null;
  const codes = qkv && builder.layoutOf(qkv).kind === "codes" ? codesOf(lowering, output) : null;
  const rows = builder.options.images * layout.rows;
  const base = { rows, columns: tokens, stride4: stride4(layout) };
  const stretch = stretchOf(node);
  if (!codes) {
    const plain = stretch ? `${output}~plain` : output;
    builder.declare(plain, layout);
    const params = { ...base, threshold_count: 0, search_steps: 1 };
    builder.step({
      name: node.name,
      kernel: "softmax",
      params,
      constants: { QUANTIZE: 0, REVERSED: 0 },
      inputs: [{ value: source }, unused(builder)],
      output: plain,
    });
    if (stretch) stretchStep(lowering, plain, output, stretch);
    return;
  }
  const [quantizer] = codes.quantizers;
  if (stretch && quantizer.scheme === DEMAX) throw new Error(`internal: ${node.name}: DeMax reads scores, which no stretch has touched`);
  if (quantizer.scheme === DEMAX) {
    const outLayout: Layout = { ...layout, kind: "codes", rowWords: 4 };
    builder.declare(output, outLayout, { kind: "demax" });
    demaxStep(lowering, node.name, quantizer, source, output, outLayout, false);
    return;
  }
  const book = codebookOf(quantizer);
  builder.declare(output, { ...layout, kind: "codes" }, { kind: "table", levels: book.levels });
  const steps = Math.ceil(Math.log2(book.thresholds.length + 1));
  const thresholds = builder.constant(`${node.name}.thresholds`, () => {
    const padded = new Float32Array(2 ** steps).fill(3e38);
    padded.set(book.thresholds.map((threshold) => Math.max(stretch ? unstretched(threshold, stretch) : threshold, 0)));
    return padded;
  });
  const params = { ...base, threshold_count: book.thresholds.length, search_steps: steps };
  builder.step({
    name: node.name,
    kernel: "softmax",
    params,
    constants: { QUANTIZE: 1, REVERSED: book.reversed ? 1 : 0 },
    inputs: [{ value: source }, thresholds],
    output,
  });
};

/** Clipped softmax in float: clip((zeta - gamma) p + gamma, 0, 1). */
function stretchStep({ builder }: Lowering, plain: string, output: string, { gamma, zeta }: Stretch): void {
  const layout = builder.layoutOf(plain);
  builder.declare(output, layout);
  const words = storedColumns(layout);
  const shape = { rows: builder.options.images * layout.rows, columns: layout.headDim, in_stride: words, out_stride: words };
  const params = { ...shape, c0: Math.fround(gamma), c1: Math.fround(zeta - gamma), c2: 0 };
  builder.step({ name: output, kernel: "activation", params, constants: { KIND: CLIPPED, GATED: 0 }, inputs: [{ value: plain }], output });
}

/** The probability that a clipped softmax turns into `value`; none turns into more than 1. */
function unstretched(value: number, { gamma, zeta }: Stretch): number {
  return value > 1 ? 3e38 : (value - gamma) / (zeta - gamma);
}

/** In simulated mode: the name of a float copy of the probabilities that went through the quantizer. */
export function simulatedProbabilities(lowering: Lowering, probabilities: string, quantizer: Quantizer | undefined): string {
  const { graph, builder } = lowering;
  if (builder.options.mode !== "simulated" || !quantizer) return probabilities;
  const layout = builder.layoutOf(probabilities);
  const name = `${probabilities}~fake`;
  builder.declare(name, layout);
  if (quantizer.scheme === DEMAX) {
    const softmax = graph.nodes.find((node) => node.name === probabilities);
    if (!softmax) throw new Error(`internal: ${probabilities} is no node`);
    demaxStep(lowering, name, quantizer, softmax.inputs[0], name, layout, true);
    return name;
  }
  const book = codebookOf(quantizer);
  const thresholds = builder.constant(`${name}.thresholds`, () => book.thresholds.slice());
  const decode = builder.constant(`${name}.decode`, () => book.ascendingLevels.slice());
  const params = {
    rows: builder.options.images * layout.rows,
    columns: layout.headDim,
    stride4: stride4(layout),
    threshold_count: book.thresholds.length,
  };
  builder.step({
    name,
    kernel: "fake-quantize-codebook",
    params,
    constants: {},
    inputs: [{ value: probabilities }, thresholds, decode],
    output: name,
  });
  return name;
}

/** From the scores, for the step of a row needs its exponentials. */
function demaxStep(
  { builder }: Lowering,
  name: string,
  quantizer: Quantizer,
  scores: string,
  output: string,
  layout: Layout,
  decode: boolean,
): void {
  const top = codeMax(quantizer);
  const params = {
    rows: builder.options.images * layout.rows,
    columns: layout.headDim,
    stride4: stride4(builder.layoutOf(scores)),
    out_stride4: stride4(layout),
    code_max: top,
    inverse_levels: Math.fround(1 / top),
  };
  builder.step({ name, kernel: "softmax-demax", params, constants: { DECODE: decode ? 1 : 0 }, inputs: [{ value: scores }], output });
}
