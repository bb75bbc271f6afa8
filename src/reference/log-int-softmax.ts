/**
 * Log-int-softmax of FQ-ViT (Lin et al., IJCAI 2022, section 3.4, and its official program): scores are integers n (score = n * inputStep), and the output is 2^-q.
 *   d = n - max n <= 0,  x0 = floor(-ln 2 / s),  k = floor(d / x0),  r = d - k x0,  e = (r (r + b) + c) * 2^(T - k)
 * with the i-exp polynomial of I-BERT (Kim et al. 2021) in integers, b = floor(2.7073 / s), c = floor(2.7922 / s^2); then p = rint(sum e / e) and
 *   q = floor(log2 p), plus 1 where p >= 1.5 * 2^floor(log2 p): rounded in the linear domain, not in the logarithm.
 * The program takes T = 30, whose products and sums no 32-bit integer holds, and computes them as floats. Only ratios of e matter, so T is here the
 * largest power (30 at most) with which a sum over the row stays below 2^30, and e is rounded down. Then nothing but 32-bit integers
 * is needed: p >= m is the comparison 2 sum e >= (2m - 1) e. e = 0 gives probability 0.
 */
import type { Node } from "../graph/graph.ts";
import { attribute } from "../graph/ops.ts";
import { roundTiesToEven } from "../tensor/rounding.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

const LN2 = 0.6931;
/** 0.35815147 (x + 1.353)^2 + 0.344 in the expanded form of the program: a x^2 + b x + 1. */
const A = 0.35815147;
const B = 0.96963238 / A;
const C = 1 / A;
const LARGEST_SCALING = 30;
const SUM_LIMIT = 2 ** 30;
/** Of zero probability, in place of q. */
export const NEVER = -1;

/** e for every distance max - n = 0, 1, .., count - 1: u32, largest first; `width` of them sum to less than 2^30. */
export function integerExponentials(step: number, count: number, width: number): Uint32Array<ArrayBuffer> {
  const period = Math.floor(-LN2 / step);
  const b = Math.floor(B / step);
  // Steps beyond 1.67 leave nothing of the constant: the largest score must still weigh something.
  const c = Math.max(1, Math.floor(C / (step * step)));
  const scaling = Math.min(LARGEST_SCALING, Math.floor(Math.log2((SUM_LIMIT - 1) / (width * c))));
  return Uint32Array.from({ length: count }, (_, distance) => {
    const d = Math.max(-distance, LARGEST_SCALING * period);
    const k = Math.floor(d / period);
    const r = d - k * period;
    return Math.max(0, Math.floor((r * (r + b) + c) * 2 ** (scaling - k)));
  });
}

/** q of one exponential, or NEVER. Exact for e < 2^30, sum < 2^30. */
export function logCode(e: number, sum: number): number {
  if (e === 0) return NEVER;
  const p = roundedQuotient(sum, e);
  const floor = 31 - Math.clz32(p);
  return floor + (p - 2 ** floor >= 2 ** (floor - 1) ? 1 : 0);
}

/** rint(a / b), halves to even, without the rounding of a / b itself. */
function roundedQuotient(a: number, b: number): number {
  const quotient = Math.floor(a / b);
  return quotient + roundTiesToEven((a - quotient * b) / b + (quotient % 2)) - (quotient % 2);
}

/** x: [...,N]; attribute inputStep. */
export function logIntSoftmax(node: Node, x: Tensor): Tensor {
  const step = attribute(node, "inputStep");
  const width = x.shape.at(-1) ?? 1;
  const out = new Float32Array(x.data.length);
  const n = new Int32Array(width);
  let table = integerExponentials(step, 256, width);
  for (let start = 0; start < out.length; start += width) {
    let top = Number.NEGATIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < width; i++) {
      n[i] = roundTiesToEven(x.data[start + i] / step);
      top = Math.max(top, n[i]);
      least = Math.min(least, n[i]);
    }
    if (top - least >= table.length) table = integerExponentials(step, top - least + 1, width);
    let sum = 0;
    for (let i = 0; i < width; i++) sum += table[top - n[i]];
    for (let i = 0; i < width; i++) {
      const q = logCode(table[top - n[i]], sum);
      out[start + i] = q === NEVER ? 0 : 2 ** -q;
    }
  }
  return tensor(x.shape, out);
}
