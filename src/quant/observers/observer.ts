import type { Levels, Quantizer } from "../../graph/quantizer.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Fit, Scheme } from "../schemes/scheme.ts";
import { channelsOf } from "./channels.ts";

/** What a quantizer is chosen for. */
export interface Target {
  readonly scheme: Scheme;
  readonly bits: number;
  readonly levels: Levels;
}

/** The parameters found for one channel, and how firmly. */
export interface Observation extends Fit {
  /** Index of the candidate that won; 0 where there is only one. */
  readonly candidate: number;
  /** (runner-up's error - winner's) / winner's: near 0 the rounding of the arithmetic decides. Infinity without a runner-up. */
  readonly gap: number;
}

/** Chooses the parameters of one channel from its values. */
export interface Observer {
  readonly name: string;
  observe(values: Float32Array<ArrayBuffer>, target: Target): Observation;
  /** For quantizers whose channels depend on each other: all channels at once, instead of `observe` for each. */
  observeTogether?(channels: readonly Float32Array<ArrayBuffer>[], target: Target): readonly Observation[];
}

/** A quantizer together with how it was chosen; arrays have one entry per channel. */
export interface Choice {
  readonly quantizer: Quantizer;
  readonly candidate: Uint16Array<ArrayBuffer>;
  readonly gap: Float32Array<ArrayBuffer>;
  readonly roundingMargin: Float32Array<ArrayBuffer>;
}

/** Observes a tensor as a whole (axis null), by rows (0), by runs of the last axis (-1) or by tokens (-2); `entries` as in channelsOf. */
export function observeTensor(observer: Observer, x: Tensor, axis: Quantizer["axis"], target: Target, entries?: number): Choice {
  const channels = channelsOf(x, axis, entries);
  const observations = observer.observeTogether?.(channels, target) ?? channels.map((values) => observer.observe(values, target));
  const hasZeroPoint = observations.every(({ zeroPoint }) => zeroPoint !== null);
  return {
    quantizer: {
      scheme: target.scheme.name,
      bits: target.bits,
      levels: target.levels,
      scale: Float32Array.from(observations, ({ scale }) => scale),
      zeroPoint: hasZeroPoint ? Float32Array.from(observations, ({ zeroPoint }) => zeroPoint ?? 0) : new Float32Array(0),
      axis,
      ...(observations[0].parameters ? { parameters: observations[0].parameters } : {}),
    },
    candidate: Uint16Array.from(observations, ({ candidate }) => candidate),
    gap: Float32Array.from(observations, ({ gap }) => gap),
    roundingMargin: Float32Array.from(observations, ({ roundingMargin }) => roundingMargin),
  };
}
