/** Steps that quantize a value apart from its producer: to codes for readers that no epilogue serves, or through codes and back in the simulated mode. */
import type { Quantizer } from "../graph/quantizer.ts";
import { codebookOf } from "./codebook.ts";
import { columnPositions, pad4, storedColumns, type Layout } from "./layout.ts";
import { stride, type Codes, type Lowering } from "./lowering.ts";
import { codeMax, isUniform } from "./pack-weights.ts";
import { headGrid, isPerToken } from "./quantizer-entry.ts";

/** The value under the name with which `use` reads it: itself, its codes, or its fake-quantized copy. Adds the step that makes it if need be. */
export function readAs(lowering: Lowering, value: string, quantizer: Quantizer | undefined): { name: string; isCodes: boolean } {
  const { builder } = lowering;
  const layout = builder.layoutOf(value);
  if (layout.kind === "codes") return { name: value, isCodes: true };
  if (!quantizer || builder.options.mode === "float") return { name: value, isCodes: false };
  if (builder.options.mode === "simulated") return { name: fakeQuantized(lowering, value, [quantizer]), isCodes: false };
  return { name: quantizedCopy(lowering, value, quantizer), isCodes: true };
}

function quantizedCopy({ builder }: Lowering, value: string, quantizer: Quantizer): string {
  const layout = builder.layoutOf(value);
  const name = `${value}~${fingerprint(quantizer)}`;
  if (builder.has(name)) return name;
  const base = {
    rows: builder.options.images * layout.rows,
    stride4: stride(layout),
    head4: pad4(layout.headDim) / 4,
    head_dim: layout.headDim,
    section4: stride(layout),
  };
  const entries = quantizer.scale.length;
  const step = { name, kernel: "quantize" as const, output: name };
  if (!isUniform(quantizer)) {
    const book = codebookOf(quantizer);
    builder.declare(name, { ...layout, kind: "codes" }, { kind: "table", levels: book.levels });
    const thresholds = builder.constant(`${name}.thresholds`, () => paddedTo4(book.thresholds));
    const params = { ...base, table_rows: 1, threshold_count: book.thresholds.length };
    builder.step({ ...step, params, constants: { GRID: 0, REVERSED: book.reversed ? 1 : 0 }, inputs: [{ value }, thresholds] });
    return name;
  }
  if (entries !== 1 && !(quantizer.axis === -2 && entries === layout.rows))
    throw new Error(`internal: ${entries} grids of codes do not fit ${layout.rows} rows of ${value}`);
  const scale = [...quantizer.scale];
  const zeroPoint = [...quantizer.zeroPoint];
  builder.declare(name, { ...layout, kind: "codes" }, { kind: "uniform", rows: entries, scale, zeroPoint });
  const grid = builder.constant(`${name}.grid`, () =>
    Float32Array.from(scale.flatMap((step, entry) => [1 / step, zeroPoint[entry], codeMax(quantizer), 0])),
  );
  const params = { ...base, table_rows: entries, threshold_count: 0 };
  builder.step({ ...step, params, constants: { GRID: 1, REVERSED: 0 }, inputs: [{ value }, grid] });
  return name;
}

/** Codes of a float value with heads (q, k, v) where no epilogue writes them: a step of its own, with one grid for each head, or for each head of each token. */
export function encodeHeads({ builder }: Lowering, value: string, output: string, { quantizers }: Codes): void {
  const layout = builder.layoutOf(value);
  const heads = (layout.sections * layout.heads) / quantizers.length;
  const rows = quantizers.some(isPerToken) ? layout.rows : 1;
  for (const quantizer of quantizers) {
    const entries = quantizer.scale.length;
    if (isPerToken(quantizer) ? entries !== rows : heads % entries !== 0)
      throw new Error(`internal: ${entries} grids of ${output} fit neither ${heads} heads nor ${rows} tokens`);
  }
  const grids = Array.from({ length: rows }, (_, token) =>
    quantizers.flatMap((quantizer) =>
      Array.from({ length: heads }, (_head, head) => ({ ...headGrid(quantizer, head, heads, token), max: codeMax(quantizer) })),
    ),
  ).flat();
  const decoding = { kind: "uniform" as const, rows, scale: grids.map(({ scale }) => scale), zeroPoint: grids.map(({ zero }) => zero) };
  builder.declare(output, { ...layout, kind: "codes" }, decoding);
  const grid = builder.constant(`${output}.grid`, () =>
    Float32Array.from(grids.flatMap(({ scale, zero, max }) => [1 / scale, zero, max, 0])),
  );
  const head4 = pad4(layout.headDim) / 4;
  const params = { rows: builder.options.images * layout.rows, stride4: stride(layout), head4, head_dim: layout.headDim, section4: head4 };
  builder.step({
    name: output,
    kernel: "quantize",
    params: { ...params, table_rows: rows, threshold_count: 0 },
    constants: { GRID: 1, REVERSED: 0 },
    inputs: [{ value }, grid],
    output,
  });
}

/** A float copy of `value` that went through the quantizers (one, or one per section), for the simulated mode. */
export function fakeQuantized({ builder }: Lowering, value: string, quantizers: readonly Quantizer[]): string {
  const layout = builder.layoutOf(value);
  const name = `${value}~fake:${quantizers.map(fingerprint).join("|")}`;
  if (builder.has(name)) return name;
  builder.declare(name, layout);
  const base = { rows: builder.options.images * layout.rows, stride4: stride(layout) };
  const [first] = quantizers;
  if (!isUniform(first)) {
    const book = codebookOf(first);
    const thresholds = builder.constant(`${name}.thresholds`, () => book.thresholds.slice());
    const decode = builder.constant(`${name}.decode`, () => book.ascendingLevels.slice());
    // Columns that pad a head hold some level; their weights are 0.
    const params = {
      ...base,
      columns: layout.heads === 1 ? layout.headDim : storedColumns(layout),
      threshold_count: book.thresholds.length,
    };
    builder.step({ name, kernel: "fake-quantize-codebook", params, constants: {}, inputs: [{ value }, thresholds, decode], output: name });
    return name;
  }
  if (quantizers.some((quantizer) => isPerToken(quantizer) && quantizer.scale.length !== layout.rows))
    throw new Error(`internal: grids of tokens do not fit ${layout.rows} rows of ${value}`);
  if (quantizers.length > 1 && quantizers.some(isPerToken)) {
    // Each image as one long row: a grid for every cell of the matrix.
    const cells = builder.constant(name, () => cellGrids(layout, quantizers));
    const params = { rows: builder.options.images, stride4: layout.rows * stride(layout), row_period: 1 };
    builder.step({ name, kernel: "fake-quantize", params, constants: { BY_ROW: 0 }, inputs: [{ value }, cells], output: name });
    return name;
  }
  const byRow = isPerToken(first);
  const grid = builder.constant(name, () => (byRow ? rowGrids(first) : columnGrids(layout, quantizers)));
  const params = { ...base, row_period: layout.rows };
  builder.step({ name, kernel: "fake-quantize", params, constants: { BY_ROW: byRow ? 1 : 0 }, inputs: [{ value }, grid], output: name });
  return name;
}

/** (scale, zero point, largest code, 0) of each row of an image. */
function rowGrids(quantizer: Quantizer): Float32Array<ArrayBuffer> {
  const { scale, zeroPoint } = quantizer;
  return Float32Array.from([...scale].flatMap((step, entry) => [step, zeroPoint[entry], codeMax(quantizer), 0]));
}

/** The same for each stored column; 0 in the padding. */
function columnGrids(layout: Layout, quantizers: readonly Quantizer[], row = 0): Float32Array<ArrayBuffer> {
  const grids = new Float32Array(4 * storedColumns(layout));
  const perSection = layout.heads * layout.headDim;
  columnPositions(layout).forEach((position, c) => {
    const quantizer = quantizers[Math.floor(c / perSection) % quantizers.length];
    const { scale, zero } = headGrid(quantizer, c % perSection, perSection, row);
    grids.set([scale, zero, codeMax(quantizer), 0], 4 * position);
  });
  return grids;
}

function cellGrids(layout: Layout, quantizers: readonly Quantizer[]): Float32Array<ArrayBuffer> {
  const size = 4 * storedColumns(layout);
  const grids = new Float32Array(layout.rows * size);
  for (let row = 0; row < layout.rows; row++) grids.set(columnGrids(layout, quantizers, row), row * size);
  return grids;
}

/** A short name of a quantizer among those of one value: its first entry, and a checksum (FNV-1a) of all that follows. */
function fingerprint({ scheme, bits, scale, zeroPoint, parameters }: Quantizer): string {
  const rest = scale.length > 1 || parameters ? JSON.stringify([[...scale], [...zeroPoint], parameters]) : "";
  let hash = 0x811c9dc5;
  for (const character of rest) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return `${scheme}${bits}@${scale[0]},${zeroPoint[0] ?? "table"}${rest ? `#${(hash >>> 0).toString(16)}` : ""}`;
}

function paddedTo4(values: Float32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(pad4(values.length));
  out.set(values);
  return out;
}
