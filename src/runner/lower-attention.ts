import { attribute } from "../graph/ops.ts";
import { codebookOf } from "./codebook.ts";
import { rowLayout } from "./layout.ts";
import { codesOf, fakeQuantized, outputCode, stride, uniformDecoding, unused, type Lowering, type LowerUnit } from "./lowering.ts";
import { codeMax } from "./pack-weights.ts";

/** q . k^T: float, or from codes when qkv is stored as codes. */
export const lowerScores: LowerUnit = (lowering, { node, output }) => {
  const { builder, graph } = lowering;
  const [source] = node.inputs;
  const quantizers = node.quantizers;
  const layout = builder.layoutOf(source);
  const [heads, tokens] = graph.shapes[output];
  builder.declare(output, rowLayout("f32", heads * tokens, tokens));
  const out = builder.layoutOf(output);
  const head4 = stride(layout) / (3 * heads);
  const params = {
    tokens,
    heads,
    head4,
    qkv_stride4: stride(layout),
    key_offset4: head4 * heads,
    out_stride4: stride(out),
    images: builder.options.images,
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
  const decoding = builder.decodingOf(source);
  if (decoding?.kind !== "uniform" || !quantizers?.query || !quantizers.key)
    throw new Error(`internal: ${node.name} reads codes without quantizers`);
  const [qZero, kZero] = decoding.zeroPoint;
  const scale = Math.fround(decoding.scale[0] * decoding.scale[1] * factor);
  const exactInFloat = layout.headDim * codeMax(quantizers.query) * codeMax(quantizers.key) < 2 ** 24;
  const kernel = builder.options.execution === "f32" && exactInFloat ? "attention-scores-codes-f32" : "attention-scores-codes-dot";
  const integers = { scale, q_zero: qZero, k_zero: kZero, constant: layout.headDim * qZero * kZero };
  builder.step({ name: node.name, kernel, params: { ...params, ...integers }, constants: {}, inputs: [{ value: source }], output });
};

/** Softmax to float, or straight to the codes of the next product's codebook. */
export const lowerSoftmax: LowerUnit = (lowering, { node, output }) => {
  const { builder, graph, uses } = lowering;
  const [source] = node.inputs;
  const layout = builder.layoutOf(source);
  const tokens = graph.shapes[output].at(-1) ?? 0;
  const reader = uses.get(output)?.[0].node;
  const qkv = reader?.op === "AttentionOutput" ? reader.inputs[1] : null;
  const codes = qkv && builder.layoutOf(qkv).kind === "codes" ? codesOf(lowering, output) : null;
  const rows = builder.options.images * layout.rows;
  const base = { rows, columns: tokens, stride4: stride(layout) };
  if (!codes) {
    builder.declare(output, layout);
    const params = { ...base, threshold_count: 0, search_steps: 1 };
    builder.step({
      name: node.name,
      kernel: "softmax",
      params,
      constants: { QUANTIZE: 0, REVERSED: 0 },
      inputs: [{ value: source }, unused(builder)],
      output,
    });
    return;
  }
  const book = codebookOf(codes.quantizers[0]);
  builder.declare(output, { ...layout, kind: "codes" }, { kind: "table", levels: book.levels });
  const steps = Math.ceil(Math.log2(book.thresholds.length + 1));
  const thresholds = builder.constant(`${node.name}.thresholds`, () => {
    const padded = new Float32Array(2 ** steps).fill(3e38);
    padded.set(book.thresholds);
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

/** P . V: float, or from codes by shift-add or integer table. */
export const lowerAttentionOutput: LowerUnit = (lowering, { node, output }) => {
  const { builder, graph } = lowering;
  const [probabilities, source] = node.inputs;
  const layout = builder.layoutOf(source);
  const pLayout = builder.layoutOf(probabilities);
  const { heads, headDim } = layout;
  const tokens = graph.shapes[output][0];
  const codes = pLayout.kind === "codes" ? codesOf(lowering, output) : null;
  const outLayout = { kind: codes ? ("codes" as const) : ("f32" as const), rows: tokens, sections: 1, heads, headDim };
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
    images: builder.options.images,
  };
  if (pLayout.kind === "f32") {
    const p = simulatedProbabilities(lowering, node.name, probabilities);
    const inputs = [{ value: p }, { value: simulatedQkv(lowering, source) }];
    builder.step({ name: node.name, kernel: "attention-output-f32", params, constants: {}, inputs, output });
    return;
  }
  const decoding = builder.decodingOf(source);
  const quantizers = node.quantizers;
  if (decoding?.kind !== "uniform" || !quantizers?.probabilities || !quantizers.value)
    throw new Error(`internal: ${node.name} reads codes without quantizers`);
  const vScale = decoding.scale[2];
  const vZero = decoding.zeroPoint[2];
  const book = codebookOf(quantizers.probabilities);
  const farthest = Math.max(Math.abs(vZero), Math.abs(codeMax(quantizers.value) - vZero));
  const { words, pairs, hasOdd, largest, scale } = book.integerLevels(tokens * farthest);
  const exactInFloat = builder.options.execution === "f32" && tokens * largest * codeMax(quantizers.value) < 2 ** 24;
  const levels = builder.constant(`${node.name}.levels.${exactInFloat ? "pairs" : "words"}`, () => (exactInFloat ? pairs : words));
  const { inverse, zero, max } = outputCode(codes);
  const integers = {
    scale: Math.fround(scale * vScale),
    v_zero: vZero,
    out_inverse_scale: inverse,
    out_zero: zero,
    out_max: max,
    head_dim: headDim,
  };
  builder.step({
    name: node.name,
    kernel: exactInFloat ? "attention-output-codes-f32" : "attention-output-codes-shift",
    params: { ...params, ...integers },
    constants: exactInFloat ? { ODD: hasOdd ? 1 : 0, QUANTIZE: codes ? 1 : 0 } : { SHIFT: book.shifts ? 1 : 0, QUANTIZE: codes ? 1 : 0 },
    inputs: [{ value: probabilities }, { value: source }, levels],
    output,
  });
};

/** In simulated mode qkv goes through the three quantizers once, for both products. */
function simulatedQkv({ graph, uses, builder }: Lowering, source: string): string {
  if (builder.options.mode !== "simulated") return source;
  const readers = uses.get(source) ?? [];
  const scores = readers.find(({ node }) => node.op === "AttentionScores")?.node.quantizers;
  const value = readers.find(({ node }) => node.op === "AttentionOutput")?.node.quantizers?.value;
  if (!scores?.query || !scores.key || !value) return source;
  return fakeQuantized({ graph, uses, builder }, source, [scores.query, scores.key, value]);
}

function simulatedProbabilities({ graph, builder }: Lowering, nodeName: string, probabilities: string): string {
  const quantizer = graph.nodes.find((node) => node.name === nodeName)?.quantizers?.probabilities;
  if (builder.options.mode !== "simulated" || !quantizer) return probabilities;
  const layout = builder.layoutOf(probabilities);
  const name = `${probabilities}~fake`;
  const book = codebookOf(quantizer);
  builder.declare(name, layout);
  const thresholds = builder.constant(`${name}.thresholds`, () => book.thresholds.slice());
  const decode = builder.constant(`${name}.decode`, () => book.ascendingLevels.slice());
  const params = {
    rows: builder.options.images * layout.rows,
    columns: layout.headDim,
    stride4: stride(layout),
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
