import type { Graph, Node } from "../graph/graph.ts";
import type { Quantizer } from "../graph/quantizer.ts";
import { codeMax, isUniform } from "./pack-weights.ts";
import { pad4, stride4, type Layout } from "./layout.ts";
import type { PlanBuilder } from "./plan-builder.ts";
import type { Decoding, Operand } from "./plan.ts";
import { gridAt } from "./quantizer-entry.ts";
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
 * (float model, a reader without quantizer, or readers that disagree or want what no epilogue writes: those get a Quantize step of their own).
 */
export function codesOf({ uses, builder }: Lowering, value: string): Codes | null {
  if (builder.options.mode !== "integer") return null;
  const readers = uses.get(value) ?? [];
  if (readers.length === 0) return null;
  if (readers.some(({ node }) => node.op === "AttentionScores")) return attentionCodes(readers);
  const found = readers.map(quantizerOf);
  const [first] = found;
  if (!first || found.some((quantizer) => !quantizer || !sameQuantizer(quantizer, first))) return null;
  // Epilogues know one grid; codes of tokens or codebooks take a Quantize step. Probabilities are the softmax's own affair.
  if (readers[0].node.op !== "AttentionOutput" && !(isUniform(first) && first.scale.length === 1)) return null;
  return { quantizers: [first] };
}

/** Whether the epilogue of `producer` encodes for the reader of `affine`, so that the Affine costs nothing. */
export function absorbsAffine(lowering: Lowering, { op, inputs, quantizers }: Node, affine: Node): boolean {
  if (!codesOf(lowering, affine.name)) return false;
  if (op === "Gemm") return quantizers?.input !== undefined && quantizers.weight !== undefined;
  return op === "AttentionOutput" && inputs.every((input) => codesOf(lowering, input) !== null);
}

function attentionCodes(readers: readonly Use[]): Codes | null {
  const scores = readers.find(({ node }) => node.op === "AttentionScores")?.node.quantizers;
  const output = readers.find(({ node }) => node.op === "AttentionOutput")?.node.quantizers;
  if (!scores?.query || !scores.key || !output?.value || readers.length !== 2) return null;
  return { quantizers: [scores.query, scores.key, output.value] };
}

function sameQuantizer(a: Quantizer, b: Quantizer): boolean {
  const equal = (x: Float32Array, y: Float32Array) => x.length === y.length && x.every((value, i) => value === y[i]);
  return (
    a === b ||
    (a.scheme === b.scheme &&
      a.bits === b.bits &&
      a.axis === b.axis &&
      equal(a.scale, b.scale) &&
      equal(a.zeroPoint, b.zeroPoint) &&
      sameParameters(a, b))
  );
}

function sameParameters({ parameters: a = {} }: Quantizer, { parameters: b = {} }: Quantizer): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => b[name] === value);
}

/** One entry per section, or as many per section as the finest common division of its quantizers has. */
export function uniformDecoding({ quantizers }: Codes): Decoding {
  const entries = quantizers.reduce((common, { scale }) => leastCommonMultiple(common, scale.length), 1);
  const grids = quantizers.flatMap((quantizer) => Array.from({ length: entries }, (_, entry) => gridAt(quantizer, entry, entries)));
  return { kind: "uniform", rows: 1, scale: grids.map(({ scale }) => scale), zeroPoint: grids.map(({ zero }) => zero) };
}

function leastCommonMultiple(a: number, b: number): number {
  let multiple = a;
  while (multiple % b !== 0) multiple += a;
  return multiple;
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

/** Bound where a kernel's binding is not used by the chosen variant. */
export function unused(builder: PlanBuilder): Operand {
  return builder.constant("unused", () => new Float32Array(4));
}

export function stride(layout: Layout): number {
  return stride4(layout);
}

export type LowerUnit = (lowering: Lowering, unit: Unit) => void;
