/**
 * The residual stream after each block: how it grows, how much error rides on it, and which tokens and channels stand out. A few "massive activations"
 * (Sun, Chen, Kolter, Liu: Massive Activations in Large Language Models, 2024, which also finds them in ViTs) take the range of everything else.
 */
import type { Tensor } from "../../tensor/tensor.ts";
import { median } from "../../metrics/median.ts";
import type { Collector } from "./walk.ts";

export interface ResidualStep {
  /** "blocks.3.add1" */
  readonly name: string;
  readonly block: number;
  readonly rms: number;
  readonly largest: number;
  /** Root mean square of quantized minus exact. */
  readonly errorRms: number;
}

export interface Outlier {
  readonly token: number;
  readonly channel: number;
  readonly value: number;
  /** |value| over the median magnitude of the tensor. */
  readonly timesMedian: number;
}

/** Largest magnitude over the images at every token and channel; cells are the largest of `tokenStep` x `channelStep` of them. */
export interface TokenChannelMap {
  readonly name: string;
  readonly block: number;
  readonly tokens: number;
  readonly channels: number;
  readonly tokenStep: number;
  readonly channelStep: number;
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] */
  readonly cells: Float32Array<ArrayBuffer>;
  /** Median magnitude of all values. */
  readonly median: number;
  /** The largest values, in falling order. */
  readonly outliers: readonly Outlier[];
  /** Channels whose root mean square is more than 6 times the median channel's, in falling order of it. */
  readonly outlierChannels: readonly { readonly channel: number; readonly timesMedian: number }[];
  /** Values above 100 and above 1000 times the median magnitude. */
  readonly massive: number;
}

const MOST_ROWS = 128;
const MOST_COLUMNS = 256;
const LISTED = 12;
const OUTLIER_TIMES = 6;
const MASSIVE = { value: 100, timesMedian: 1000 };

export function collectResiduals(): Collector & { steps(): ResidualStep[]; maps(): TokenChannelMap[] } {
  const steps: ResidualStep[] = [];
  const maps = new Map<number, TokenChannelMap>();
  return {
    visit({ node, place: { block }, exact, quantized }) {
      if (node.op !== "Add" || block === null || exact.shape.length !== 3) return;
      steps.push({ name: node.name, block, ...sizesOf(exact.data, quantized.data) });
      // The last Add of a block stays.
      maps.set(block, tokenChannelMap(node.name, block, exact));
    },
    steps: () => steps,
    maps: () => [...maps.values()],
  };
}

function sizesOf(exact: Float32Array, quantized: Float32Array): Pick<ResidualStep, "rms" | "largest" | "errorRms"> {
  let [power, largest, noise] = [0, 0, 0];
  for (let i = 0; i < exact.length; i++) {
    power += exact[i] ** 2;
    largest = Math.max(largest, Math.abs(exact[i]));
    noise += (quantized[i] - exact[i]) ** 2;
  }
  return { rms: Math.sqrt(power / exact.length), largest, errorRms: Math.sqrt(noise / exact.length) };
}

/** x: [B,N,D] */
export function tokenChannelMap(name: string, block: number, { data, shape: [images, tokens, channels] }: Tensor): TokenChannelMap {
  const middle = Math.max(magnitudeMedian(data), Number.MIN_VALUE);
  const largest = new Float32Array(tokens * channels);
  const signed = new Float32Array(tokens * channels);
  const powers = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) {
    const at = i % largest.length;
    powers[at % channels] += data[i] ** 2;
    if (Math.abs(data[i]) <= largest[at]) continue;
    largest[at] = Math.abs(data[i]);
    signed[at] = data[i];
  }
  const order = Array.from(largest.keys()).toSorted((a, b) => largest[b] - largest[a] || a - b);
  const outliers = order.slice(0, LISTED).map((at) => ({
    token: Math.floor(at / channels),
    channel: at % channels,
    value: signed[at],
    timesMedian: largest[at] / middle,
  }));
  const massive = data.reduce(
    (count, x) => (Math.abs(x) > MASSIVE.value && Math.abs(x) > MASSIVE.timesMedian * middle ? count + 1 : count),
    0,
  );
  const rms = Array.from(powers, (power) => Math.sqrt(power / (images * tokens)));
  return {
    name,
    block,
    tokens,
    channels,
    ...pooled(largest, tokens, channels),
    median: middle,
    outliers,
    outlierChannels: standingOut(rms),
    massive,
  };
}

function standingOut(rms: readonly number[]): TokenChannelMap["outlierChannels"] {
  const middle = median(rms);
  return rms
    .map((value, channel) => ({ channel, timesMedian: middle > 0 ? value / middle : 0 }))
    .filter(({ timesMedian }) => timesMedian > OUTLIER_TIMES)
    .toSorted((a, b) => b.timesMedian - a.timesMedian);
}

function pooled(largest: Float32Array, tokens: number, channels: number) {
  const tokenStep = Math.ceil(tokens / MOST_ROWS);
  const channelStep = Math.ceil(channels / MOST_COLUMNS);
  const rows = Math.ceil(tokens / tokenStep);
  const columns = Math.ceil(channels / channelStep);
  const cells = new Float32Array(rows * columns);
  largest.forEach((value, i) => {
    const at = Math.floor(Math.floor(i / channels) / tokenStep) * columns + Math.floor((i % channels) / channelStep);
    if (value > cells[at]) cells[at] = value;
  });
  return { tokenStep, channelStep, rows, columns, cells };
}

function magnitudeMedian(data: Float32Array): number {
  const sorted = data.map(Math.abs).sort();
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
