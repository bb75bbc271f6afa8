/**
 * Many values through a codebook at once: decode[encode(x)]. A first table over the upper bits of the float gives the number of thresholds that its
 * whole bin lies below; only bins that a threshold cuts need a comparison.
 */
import type { Quantizer } from "../../graph/quantizer.ts";
import { tensor } from "../../tensor/tensor.ts";
import { encodeByThresholds } from "./codebook.ts";
import type { Codebook, Scheme } from "./scheme.ts";

/** Below this many values the table costs more than it saves. */
const TABLE_FROM = 1 << 15;
const SHIFT = 17;
const BINS = 1 << (32 - SHIFT);

const known = new WeakMap<Codebook, Uint16Array<ArrayBuffer>>();

/** Scheme.fakeQuantize of quantizers with one entry. */
export function fakeQuantizeBy(codebook: (quantizer: Quantizer) => Codebook): Scheme["fakeQuantize"] {
  return (x, quantizer, reused) => {
    if (quantizer.axis !== null) throw new Error(`internal: ${quantizer.scheme} quantizes per tensor only`);
    return tensor(x.shape, restoreByCodebook(x.data, codebook(quantizer), reused));
  };
}

/** `out`: where to write, as long as x. */
export function restoreByCodebook(
  x: Float32Array<ArrayBuffer>,
  codebook: Codebook,
  out = new Float32Array(x.length),
): Float32Array<ArrayBuffer> {
  const { decode } = codebook;
  if (x.length < TABLE_FROM) {
    for (let i = 0; i < out.length; i++) out[i] = decode[encodeByThresholds(x[i], codebook)];
    return out;
  }
  const { thresholds } = codebook;
  const last = thresholds.length;
  const byCount = codebook.ascending ? decode.slice().reverse() : decode;
  const first = known.get(codebook) ?? countsOfBins(codebook);
  known.set(codebook, first);
  const bits = new Uint32Array(x.buffer, x.byteOffset, x.length);
  for (let i = 0; i < out.length; i++) {
    const value = x[i];
    let count = first[bits[i] >>> SHIFT];
    while (count < last && value < thresholds[count]) count++;
    out[i] = byCount[count];
  }
  return out;
}

/** For each bin of bit patterns, the thresholds that its largest number lies below. */
function countsOfBins(codebook: Codebook): Uint16Array<ArrayBuffer> {
  const ends = new Uint32Array(1);
  const asFloat = new Float32Array(ends.buffer);
  return Uint16Array.from({ length: BINS }, (_, bin) => {
    // Within a bin of negative numbers the largest has the smallest bit pattern.
    ends[0] = bin >= BINS / 2 ? bin << SHIFT : (bin << SHIFT) | ((1 << SHIFT) - 1);
    const code = encodeByThresholds(asFloat[0], codebook);
    return codebook.ascending ? codebook.thresholds.length - code : code;
  });
}
