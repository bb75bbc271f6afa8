import type { Graph } from "../graph/graph.ts";
import type { Quantizer } from "../graph/quantizer.ts";
import { codeMax } from "./pack-weights.ts";
import { pad4, type Layout } from "./layout.ts";
import type { PlanBuilder } from "./plan-builder.ts";
import type { Decoding, Operand } from "./plan.ts";
import { quantizerOf, type Unit, type Use } from "./units.ts";

/** What every lowering rule is given. */
export interface Lowering {
  readonly graph: Graph;
  readonly uses: ReadonlyMap<string, readonly Use[]>;
  readonly builder: PlanBuilder;
}

/** The codes that a value's producer writes: one quantizer, or three for q, k, v. */
export interface Codes {
  readonly quantizers: readonly Quantizer[];
}

/**
 * In integer mode: the quantizers with which `value` is stored as codes, or null when it stays float
 * (float model, a reader without quantizer, or readers that disagree: those get a Quantize step of their own).
 */
export function codesOf({ uses, builder }: Lowering, value: string): Codes | null {
  if (builder.options.mode !== "integer") return null;
  const readers = uses.get(value) ?? [];
  if (readers.length === 0) return null;
  if (readers.some(({ node }) => node.op === "AttentionScores")) return attentionCodes(readers);
  const found = readers.map(quantizerOf);
  const [first] = found;
  if (!first || found.some((quantizer) => !quantizer || !sameQuantizer(quantizer, first))) return null;
  return { quantizers: [first] };
}

function attentionCodes(readers: readonly Use[]): Codes | null {
  const scores = readers.find(({ node }) => node.op === "AttentionScores")?.node.quantizers;
  const output = readers.find(({ node }) => node.op === "AttentionOutput")?.node.quantizers;
  if (!scores?.query || !scores.key || !output?.value || readers.length !== 2) return null;
  return { quantizers: [scores.query, scores.key, output.value] };
}

function sameQuantizer(a: Quantizer, b: Quantizer): boolean {
  return (
    a === b ||
    (a.scheme === b.scheme &&
      a.bits === b.bits &&
      a.scale[0] === b.scale[0] &&
      a.zeroPoint[0] === b.zeroPoint[0] &&
      a.scale.length === b.scale.length)
  );
}

export function uniformDecoding({ quantizers }: Codes): Decoding {
  return { kind: "uniform", scale: quantizers.map((q) => q.scale[0]), zeroPoint: quantizers.map((q) => q.zeroPoint[0] ?? 0) };
}

/** Per-tensor step, zero point and largest code, for kernels whose epilogue writes codes of one quantizer. */
export function outputCode(codes: Codes | null): { inverse: number; zero: number; max: number } {
  if (!codes) return { inverse: 1, zero: 0, max: 0 };
  const [quantizer] = codes.quantizers;
  return { inverse: 1 / quantizer.scale[0], zero: quantizer.zeroPoint[0] ?? 0, max: codeMax(quantizer) };
}

/** Spread a per-column array over stored positions; padding is zero. */
export function atPositions(values: ArrayLike<number>, positions: Int32Array, stored: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(pad4(stored));
  positions.forEach((position, column) => (out[position] = values[column]));
  return out;
}

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
  const name = `${value}~${quantizer.scheme}${quantizer.bits}@${quantizer.scale[0]},${quantizer.zeroPoint[0]}`;
  if (builder.has(name)) return name;
  const codes = { quantizers: [quantizer] };
  const { inverse, zero, max } = outputCode(codes);
  builder.declare(name, { ...layout, kind: "codes" }, uniformDecoding(codes));
  builder.step({
    name,
    kernel: "quantize",
    params: {
      rows: builder.options.images * layout.rows,
      columns: layout.headDim,
      stride4: stride(layout),
      inverse_scale: inverse,
      zero,
      code_max: max,
    },
    constants: {},
    inputs: [{ value }],
    output: name,
  });
  return name;
}

/** A float copy of `value` that went through the quantizers (one, or one per section), for the simulated mode. */
export function fakeQuantized({ builder }: Lowering, value: string, quantizers: readonly Quantizer[]): string {
  const layout = builder.layoutOf(value);
  const name = `${value}~fake:${quantizers.map((q) => `${q.scheme}${q.bits}@${q.scale[0]},${q.zeroPoint[0]}`).join("|")}`;
  if (builder.has(name)) return name;
  builder.declare(name, layout);
  const table = builder.constant(name, () => {
    const stored = layout.sections * layout.heads * pad4(layout.headDim);
    const columns = new Float32Array(4 * pad4(stored));
    const perSection = layout.heads * layout.headDim;
    for (let c = 0; c < layout.sections * perSection; c++) {
      const quantizer = quantizers[Math.floor(c / perSection) % quantizers.length];
      const channel = quantizer.scale.length === 1 ? 0 : c;
      const position = Math.floor(c / layout.headDim) * pad4(layout.headDim) + (c % layout.headDim);
      columns.set([quantizer.scale[channel], quantizer.zeroPoint[channel] ?? 0, codeMax(quantizer), 0], 4 * position);
    }
    return columns;
  });
  builder.step({
    name,
    kernel: "fake-quantize",
    params: { rows: builder.options.images * layout.rows, stride4: stride(layout) },
    constants: {},
    inputs: [{ value }, table],
    output: name,
  });
  return name;
}

/** Bound where a kernel's binding is not used by the chosen variant. */
export function unused(builder: PlanBuilder): Operand {
  return builder.constant("unused", () => new Float32Array(4));
}

export function stride(layout: Layout): number {
  return (layout.sections * layout.heads * pad4(layout.headDim)) / 4;
}

export type LowerUnit = (lowering: Lowering, unit: Unit) => void;
