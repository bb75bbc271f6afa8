import type { Codebook } from "./scheme.ts";

const view = new DataView(new ArrayBuffer(4));
const LARGEST_FLOAT_BITS = 0x7f7fffff;

/** The float32 with these bits. */
function floatOf(bits: number): number {
  view.setUint32(0, bits);
  return view.getFloat32(0);
}

/**
 * The smallest float32 p >= 0 for which `holds(p)`, found by bisection over the bit pattern (whose order is the order of the numbers):
 * the decision point of a formula, exact to the last bit. `holds` must stay true once it is.
 */
export function smallestFloat(holds: (p: number) => boolean): number {
  let low = 0;
  let high = LARGEST_FLOAT_BITS;
  if (!holds(floatOf(high))) throw new Error("internal: a decision point lies above every float32");
  while (low < high) {
    const middle = low + ((high - low) >>> 1);
    if (holds(floatOf(middle))) high = middle;
    else low = middle + 1;
  }
  return floatOf(low);
}

/** The code of p >= 0: what the softmax kernels do, as its definition. */
export function encodeByThresholds(p: number, { thresholds, ascending }: Codebook): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (p < thresholds[middle]) low = middle + 1;
    else high = middle;
  }
  return ascending ? thresholds.length - low : low;
}
