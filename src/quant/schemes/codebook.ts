/** Tables of quantizers: how they are found from a formula, and how they encode. The contract is Codebook in scheme.ts. */
import type { Quantizer } from "../../graph/quantizer.ts";
import type { Codebook } from "./scheme.ts";

const view = new DataView(new ArrayBuffer(4));
const LARGEST_FLOAT_KEY = 0x7f7fffff;
const SIGN = 0x80000000;

/** Float32 numbers numbered in their order: 0 is 0, 1 the smallest positive one, -1 its negative. */
function floatOf(key: number): number {
  view.setUint32(0, key < 0 ? SIGN - key : key);
  return view.getFloat32(0);
}

function keyOf(x: number): number {
  view.setFloat32(0, x);
  const bits = view.getUint32(0);
  return bits >= SIGN ? SIGN - bits : bits;
}

/**
 * The smallest finite float32 x for which `holds(x)`, found by bisection over the order of the numbers: the decision point of a formula, exact to the
 * last bit. `holds` must stay true once it is. A guess near the answer only saves steps.
 */
export function smallestFloat(holds: (x: number) => boolean, guess = 0): number {
  let low = -LARGEST_FLOAT_KEY;
  let high = LARGEST_FLOAT_KEY;
  let step = 16;
  let at = Math.max(low, Math.min(high, keyOf(guess)));
  if (holds(floatOf(at))) {
    while (at > low && holds(floatOf(at))) {
      high = at;
      at -= step;
      step *= 8;
    }
    low = Math.max(low, at);
  } else {
    while (at < high && !holds(floatOf(at))) {
      low = at + 1;
      at += step;
      step *= 8;
    }
    high = Math.min(high, at);
  }
  if (high === LARGEST_FLOAT_KEY && !holds(floatOf(high))) throw new Error("internal: a decision point lies above every float32");
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(floatOf(middle))) high = middle;
    else low = middle + 1;
  }
  return floatOf(low);
}

/** The code of x: what the kernels do, as its definition. */
export function encodeByThresholds(x: number, { thresholds, ascending }: Codebook): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x < thresholds[middle]) low = middle + 1;
    else high = middle;
  }
  return ascending ? thresholds.length - low : low;
}

/** Keeps what a quantizer's tables cost to make for as long as the quantizer lives. */
export function memoized<T>(build: (quantizer: Quantizer) => T): (quantizer: Quantizer) => T {
  const known = new WeakMap<Quantizer, { readonly value: T }>();
  return (quantizer) => {
    const kept = known.get(quantizer) ?? { value: build(quantizer) };
    known.set(quantizer, kept);
    return kept.value;
  };
}
