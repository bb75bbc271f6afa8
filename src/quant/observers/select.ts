/**
 * Several order statistics of an array of a channel's size: a histogram of the upper bits tells which bins hold the wanted ranks, and only the values in
 * these are sorted. Numbers are compared as integers in the order of the floats, as sorting a Float32Array orders them (-0 before 0).
 */

/** Sign, exponent and two bits of the mantissa. */
const SHIFT = 21;
const BINS = 1 << (32 - SHIFT);

// Used anew by each call: thousands of channels would otherwise leave three tables each to the collector.
const counts = new Uint32Array(BINS);
const starts = new Uint32Array(BINS);
const slots = new Uint32Array(BINS);

/** rank -> the value that sorting would put there. */
export function selectRanks(values: Float32Array<ArrayBuffer>, ranks: readonly number[]): Map<number, number> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  counts.fill(0);
  for (let i = 0; i < bits.length; i++) counts[binOf(bits[i])]++;

  for (let bin = 1; bin < BINS; bin++) starts[bin] = starts[bin - 1] + counts[bin - 1];
  const wanted = new Map(ranks.map((rank) => [rank, lastStart(rank)]));

  // slots: 1 + the place of a wanted bin in `gathered`, 0 for all others.
  slots.fill(0);
  const gathered = [...new Set(wanted.values())].map((bin) => ({ bin, values: new Float32Array(counts[bin]) }));
  gathered.forEach(({ bin }, slot) => (slots[bin] = slot + 1));
  const filled = new Uint32Array(gathered.length);
  for (let i = 0; i < bits.length; i++) {
    const slot = slots[binOf(bits[i])];
    if (slot > 0) gathered[slot - 1].values[filled[slot - 1]++] = values[i];
  }
  for (const { values: part } of gathered) part.sort();
  return new Map([...wanted].map(([rank, bin]) => [rank, gathered[slots[bin] - 1].values[rank - starts[bin]]]));
}

/** The upper bits in the order of the numbers. */
function binOf(bits: number): number {
  return ((bits ^ ((bits >> 31) | 0x80000000)) >>> 0) >>> SHIFT;
}

/** The last bin that starts at or before the rank: the one that holds it, because empty bins start where the next one does. */
function lastStart(rank: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= rank) low = middle;
    else high = middle - 1;
  }
  return low;
}
