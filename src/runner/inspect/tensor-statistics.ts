import type { Tensor } from "../../tensor/tensor.ts";

/** What a tensor's values look like. */
export interface TensorStatistics {
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly standardDeviation: number;
  /** Fourth central moment over the squared variance: 3 for a normal distribution, more with heavy tails; null where all values are equal. */
  readonly kurtosis: number | null;
  /** Output channels (rows of a matrix) whose largest magnitude is more than OUTLIER_RATIO times the channels' median; null for vectors. */
  readonly outlierChannels: number | null;
}

export const OUTLIER_RATIO = 3;

/** Two passes in f64, so that a large mean does not eat the small differences. x: [out, ...] or any vector. */
export function tensorStatistics({ shape, data }: Tensor): TensorStatistics {
  if (data.length === 0) return { low: 0, high: 0, mean: 0, standardDeviation: 0, kurtosis: null, outlierChannels: null };
  let [low, high, sum] = [Infinity, -Infinity, 0];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
    sum += value;
  }
  const mean = sum / data.length;
  let [second, fourth] = [0, 0];
  for (const value of data) {
    const square = (value - mean) ** 2;
    second += square;
    fourth += square * square;
  }
  const variance = second / data.length;
  return {
    low,
    high,
    mean,
    standardDeviation: Math.sqrt(variance),
    kurtosis: variance > 0 ? fourth / data.length / variance ** 2 : null,
    outlierChannels: shape.length < 2 || shape[0] < 2 ? null : countOutliers(channelMagnitudes(data, shape[0])),
  };
}

/** Largest magnitude of each of `channels` equal runs. */
export function channelMagnitudes(data: Float32Array, channels: number): Float64Array {
  const run = data.length / channels;
  const largest = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = channel * run; i < (channel + 1) * run; i++) largest[channel] = Math.max(largest[channel], Math.abs(data[i]));
  }
  return largest;
}

function countOutliers(magnitudes: Float64Array): number {
  const sorted = magnitudes.toSorted();
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return magnitudes.reduce((count, magnitude) => count + (magnitude > OUTLIER_RATIO * median ? 1 : 0), 0);
}
