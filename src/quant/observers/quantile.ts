/**
 * Quantiles with torch.quantile's float32 semantics: sorted values, rank = fround(fround(p) * fround(n - 1)), linear interpolation
 * a + w(b - a) for w < 1/2, b - (b - a)(1 - w) otherwise, product and sum rounded once (torch's kernel fuses them). Above 2^24 elements torch refuses
 * and the published programs fall back to numpy's percentile, so the rank is then computed in float64.
 *
 * Large arrays are not sorted: two passes over the values select the few order statistics exactly, through histograms of the upper and lower halves of the
 * bit pattern. Arrays of a channel's size are sorted in part only (select.ts), small ones as a whole.
 */
import { selectRanks } from "./select.ts";

const SORT_BELOW = 1 << 8;
const SELECT_BELOW = 1 << 18;
const TORCH_LIMIT = 1 << 24;
const BINS = 1 << 16;

/** One quantile per probability. `values` must be finite and not empty. */
export function quantiles(values: Float32Array<ArrayBuffer>, probabilities: readonly number[]): number[] {
  const n = values.length;
  if (n === 0) throw new Error("internal: quantile of nothing");
  const places = probabilities.map((p) => {
    const rank = n > TORCH_LIMIT ? p * (n - 1) : Math.fround(Math.fround(p) * Math.fround(n - 1));
    const lower = Math.min(Math.floor(rank), n - 1);
    return { lower, upper: Math.min(Math.ceil(rank), n - 1), weight: Math.fround(rank - lower) };
  });
  const statistics = orderStatistics(values, new Set(places.flatMap(({ lower, upper }) => [lower, upper])));
  return places.map(({ lower, upper, weight }) => {
    const a = statistics.get(lower) ?? Number.NaN;
    const b = statistics.get(upper) ?? Number.NaN;
    const difference = Math.fround(b - a);
    return weight < 0.5 ? Math.fround(a + weight * difference) : Math.fround(b - difference * Math.fround(1 - weight));
  });
}

/** rank -> the value that sorting would put there. */
export function orderStatistics(values: Float32Array<ArrayBuffer>, ranks: ReadonlySet<number>): Map<number, number> {
  const ascending = [...ranks].sort((a, b) => a - b);
  if (values.length < SORT_BELOW) {
    const sorted = values.slice().sort();
    return new Map(ascending.map((rank) => [rank, sorted[rank]]));
  }
  if (values.length < SELECT_BELOW) return selectRanks(values, ascending);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const upper = new Uint32Array(BINS);
  for (let i = 0; i < bits.length; i++) upper[sortable(bits[i]) >>> 16]++;

  const wanted = locate(upper, ascending);
  const lower = new Map(wanted.map(({ bin }) => [bin, new Uint32Array(BINS)]));
  const isWanted = new Uint8Array(BINS);
  for (const { bin } of wanted) isWanted[bin] = 1;
  for (let i = 0; i < bits.length; i++) {
    const key = sortable(bits[i]);
    if (isWanted[key >>> 16] === 1) (lower.get(key >>> 16) as Uint32Array)[key & 0xffff]++;
  }
  return new Map(
    wanted.map(({ rank, bin, before }) => {
      const [within] = locate(lower.get(bin) as Uint32Array, [rank - before]);
      return [rank, floatOf(((bin << 16) | within.bin) >>> 0)];
    }),
  );
}

/** Bin of each ascending rank, and how many values lie in the bins before it. */
function locate(histogram: Uint32Array, ranks: readonly number[]): { rank: number; bin: number; before: number }[] {
  const found: { rank: number; bin: number; before: number }[] = [];
  let bin = 0;
  let before = 0;
  for (const rank of ranks) {
    while (before + histogram[bin] <= rank) before += histogram[bin++];
    found.push({ rank, bin, before });
  }
  return found;
}

/** Bits of a float32 -> an unsigned integer in the order of the numbers. */
function sortable(bits: number): number {
  return (bits ^ ((bits >> 31) | 0x80000000)) >>> 0;
}

const converter = new DataView(new ArrayBuffer(4));

function floatOf(key: number): number {
  converter.setUint32(0, key >= 0x80000000 ? key ^ 0x80000000 : ~key);
  return converter.getFloat32(0);
}
