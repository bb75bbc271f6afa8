/**
 * Fuzzing of parsers: real files are cut, and their bits, bytes, lengths and pieces changed, by a seed. A parser may answer with a result or with an
 * InputError; any other error, and anything that takes long, is a fault. Seeds that found a fault are repeatable.
 */
import { InputError } from "../tensor/input-error.ts";
import { seededRandom } from "../tensor/random.ts";

export interface FuzzTarget {
  readonly name: string;
  readonly samples: readonly Uint8Array<ArrayBuffer>[];
  parse(bytes: Uint8Array<ArrayBuffer>): unknown;
}

export interface FuzzReport {
  readonly target: string;
  readonly inputs: number;
  /** Inputs that were still sound, and refused ones by code. */
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly faults: readonly { readonly seed: number; readonly error: string }[];
}

/** Of this process: on a machine that is busy with other work, the clock on the wall would call sound inputs slow. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** One input longer than this is a fault: samples are small. */
const TOO_SLOW_MS = 2000;
const MOST_FAULTS = 10;

export async function fuzz({ name, samples, parse }: FuzzTarget, firstSeed: number, count: number): Promise<FuzzReport> {
  const refused: Record<string, number> = {};
  const faults: { seed: number; error: string }[] = [];
  let accepted = 0;
  let slowestMs = 0;
  let inputs = 0;
  // Loads and compiles what the parser needs, which is no input's fault; the unchanged file must be accepted.
  await parse(samples[0]);
  for (let seed = firstSeed; seed < firstSeed + count && faults.length < MOST_FAULTS; seed++) {
    const bytes = mutate(samples, seed);
    const startMs = cpuMs();
    inputs++;
    try {
      await parse(bytes);
      accepted++;
    } catch (error) {
      if (error instanceof InputError) refused[error.code] = (refused[error.code] ?? 0) + 1;
      else faults.push({ seed, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
    const elapsedMs = cpuMs() - startMs;
    slowestMs = Math.max(slowestMs, elapsedMs);
    if (elapsedMs > TOO_SLOW_MS) faults.push({ seed, error: `took ${elapsedMs.toFixed(0)} ms` });
  }
  return { target: name, inputs, accepted, refused, slowestMs, faults };
}

type Change = (bytes: Uint8Array<ArrayBuffer>, random: () => number) => Uint8Array<ArrayBuffer>;

const at = (bytes: Uint8Array, random: () => number) => Math.floor(random() * bytes.length);
/** Values at which counters, signs and lengths turn over. */
const edges = [0x00, 0x01, 0x7f, 0x80, 0xff];

const changes: readonly Change[] = [
  // Cut at the end.
  (bytes, random) => bytes.slice(0, at(bytes, random)),
  // One bit.
  (bytes, random) => with1(bytes, at(bytes, random), (value) => value ^ (1 << Math.floor(random() * 8))),
  // One byte, anything or an edge.
  (bytes, random) => with1(bytes, at(bytes, random), () => Math.floor(random() * 256)),
  (bytes, random) => with1(bytes, at(bytes, random), () => edges[Math.floor(random() * edges.length)]),
  // Four or eight bytes of one value: lengths and offsets.
  (bytes, random) => {
    const copy = bytes.slice();
    const start = at(bytes, random);
    copy.fill(edges[Math.floor(random() * edges.length)], start, start + (random() < 0.5 ? 4 : 8));
    return copy;
  },
  // A piece removed, or written twice.
  (bytes, random) => {
    const [start, length] = [at(bytes, random), Math.floor(random() * 64)];
    return joined([bytes.subarray(0, start), bytes.subarray(start + length)]);
  },
  (bytes, random) => {
    const [start, length] = [at(bytes, random), Math.floor(random() * 64)];
    return joined([bytes.subarray(0, start + length), bytes.subarray(start)]);
  },
  // A piece copied over another place.
  (bytes, random) => {
    const copy = bytes.slice();
    const [from, to, length] = [at(bytes, random), at(bytes, random), Math.floor(random() * 32)];
    copy.copyWithin(to, from, from + length);
    return copy;
  },
];

/** One to four changes; most of them near the beginning, where headers are. */
function mutate(samples: readonly Uint8Array<ArrayBuffer>[], seed: number): Uint8Array<ArrayBuffer> {
  const random = seededRandom(seed);
  let bytes = samples[Math.floor(random() * samples.length)];
  const near = () => (random() < 0.5 ? random() : random() ** 3);
  for (let n = 1 + Math.floor(random() * 4); n > 0; n--) {
    if (bytes.length === 0) return bytes;
    bytes = changes[Math.floor(random() * changes.length)](bytes, near);
  }
  return bytes;
}

function with1(bytes: Uint8Array<ArrayBuffer>, index: number, change: (value: number) => number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  copy[index] = change(copy[index]);
  return copy;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
