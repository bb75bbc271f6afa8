/** A Linear whose weight lies in a file as packed codes with scales and zero points: what every layout comes to. */
import type { TensorStore } from "../../formats/tensor-store.ts";
import type { JsonObject } from "../../formats/json.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { tensor, type Shape, type Tensor } from "../../tensor/tensor.ts";
import { modelError } from "../error-codes.ts";
import { uniformQuantizer } from "../quantizer-rows.ts";
import { kept, withQuantizers } from "../stored-weight.ts";

export interface PackedLayer {
  /** [N,K]: outputs, inputs; a convolution's further axes belong to K. */
  readonly shape: Shape;
  readonly bits: number;
  /** Names in the file that its weight is made of. */
  readonly parts: readonly string[];
  /** The weight as it is multiplied with, and its quantizers. */
  read(): Promise<Tensor>;
}

/** A layout that some quantizer writes. */
export interface PackedFormat {
  /** As people call it: "GPTQ". */
  readonly name: string;
  /**
   * By the name of the layer's weight ("blocks.0.attn.qkv.weight"); empty where the file has none. Reads shapes at most.
   * `settings`: the configuration's part on quantization.
   */
  layers(store: TensorStore, settings: JsonObject | null): Promise<ReadonlyMap<string, PackedLayer>>;
  /** What was done and is not done here; plain sentences. */
  notes?(settings: JsonObject | null): readonly string[];
}

export interface Codes {
  /** [N,K], unsigned. */
  readonly codes: Uint8Array;
  /** One entry, or [N,groups]. */
  readonly scale: Float32Array<ArrayBuffer>;
  /** As many, counted in codes. */
  readonly zeroPoint: Float32Array<ArrayBuffer>;
  /** Group of each input [K]. */
  readonly groupOf: ArrayLike<number>;
  readonly input?: Quantizer | null;
}

/** w = (code - zero point) * scale. The quantizer is left out where groups are no runs of equal length, as after reordering inputs (act-order). */
export function decodeLayer([n, k]: readonly [number, number], bits: number, { codes, scale, zeroPoint, groupOf, input }: Codes): Tensor {
  const groups = scale.length === 1 ? 0 : scale.length / n;
  const values = new Float32Array(n * k);
  for (let row = 0, i = 0; row < n; row++) {
    for (let column = 0; column < k; column++, i++) {
      const entry = groups === 0 ? 0 : row * groups + groupOf[column];
      values[i] = Math.fround(codes[i] - zeroPoint[entry]) * scale[entry];
    }
  }
  const size = k / Math.max(1, groups);
  const isRegular = Number.isInteger(size) && Array.from({ length: k }, (_, i) => Math.floor(i / size)).every((g, i) => g === groupOf[i]);
  const isSound = scale.every((step) => step > 0 && Number.isFinite(step));
  const quantizer = isRegular && isSound ? uniformQuantizer(bits, scale, zeroPoint, 0) : null;
  return withQuantizers(tensor([n, k], values), kept(quantizer, input ?? null));
}

/** Code `index` of a stream of `bits` wide codes, lowest first, that runs through 32-bit words (GPTQ's order, also for 3 bits). */
export function streamCode(word: (index: number) => number, bits: number, index: number): number {
  const at = index * bits;
  const shift = at & 31;
  const low = word(at >>> 5) >>> shift;
  const high = shift + bits > 32 ? word((at >>> 5) + 1) << (32 - shift) : 0;
  return (low | high) & (2 ** bits - 1);
}

/** Groups of `size` inputs one after the other; `stated` (g_idx) says it for each input. */
export async function groupsOf(
  store: TensorStore,
  stated: string,
  k: number,
  groups: number,
  size: number | null,
): Promise<ArrayLike<number>> {
  if (!store.has(stated)) {
    const length = size !== null && size > 0 ? size : Math.ceil(k / groups);
    const last = Math.floor((k - 1) / length);
    if (last !== groups - 1)
      throw packedInvalid(stated.replace(/\.[^.]*$/, ""), `${groups} groups of ${length} inputs do not cover ${k} inputs`);
    return Int32Array.from({ length: k }, (_, i) => Math.floor(i / length));
  }
  const indices = (await store.readIntegers(stated)).data;
  if (indices.length !== k || indices.some((group) => group < 0 || group >= groups))
    throw packedInvalid(stated, `it holds ${indices.length} groups, of ${groups}, for ${k} inputs`);
  return indices;
}

/** The 32-bit words of a packed tensor. */
export async function readWords(store: TensorStore, name: string): Promise<Uint32Array> {
  const { data } = await store.readIntegers(name);
  if (data instanceof Uint8Array) throw packedInvalid(name, `it is stored as ${store.dtype(name)}, not in 32-bit words`);
  return new Uint32Array(data.buffer, data.byteOffset, data.length);
}

export function packedInvalid(name: string, why: string) {
  return modelError(
    "PACKED_INVALID",
    `The packed weight "${name}" cannot be unpacked.`,
    `Reason: ${why}.`,
    "Download the files again, with the config.json that belongs to them; or open the float model and quantize it here.",
  );
}
