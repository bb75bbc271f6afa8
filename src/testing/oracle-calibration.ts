/**
 * Compares a calibration of ours with the official program's, parameter by parameter. The official numbers come from one particular float32
 * summation order; another order flips a rounding decision here and there, the flipped value travels on, and near-ties between percentile
 * candidates or around a half zero point fall the other way. So every parameter is one of
 *   equal     step within 1e-5 relative, same zero point;
 *   near-tie  another candidate won by a recorded gap (theirs or ours) below `nearGap`, or the zero point differs by one while the
 *             unrounded one lies within `nearMargin` of a rounding boundary;
 *   drifted   anything else: legitimate only downstream of a flip, and no more of it than noise-floor.json allows.
 * Weights that no pass has changed do not depend on activations and can never drift.
 */
import type { Quantizer, Site } from "../graph/quantizer.ts";
import { integers, f32, officialName, officialQuantizer, readJson, type Tensors } from "./oracle.ts";

/** What the comparison needs of quant's report; spelled out so that this file serves any runner's result. */
export interface ChoiceOf {
  readonly quantizer: Quantizer;
  readonly candidate: ArrayLike<number>;
  readonly gap: ArrayLike<number>;
  readonly roundingMargin: ArrayLike<number>;
}

export interface ReportOf {
  readonly observed: Readonly<Record<string, ChoiceOf>>;
  readonly recalibrated: Readonly<Record<string, ChoiceOf>>;
}

export interface PlaceDeviation {
  /** "initial blocks.0.attn.qkv.input". */
  readonly place: string;
  readonly site: Site;
  readonly channels: number;
  readonly equal: number;
  readonly nearTies: number;
  readonly drifted: number;
  readonly zeroPointFlips: number;
  readonly candidateFlips: number;
  readonly worstStep: number;
}

export interface CalibrationDeviation {
  /** In order of execution: observed places, then re-calibrated weights. */
  readonly places: readonly PlaceDeviation[];
  readonly parameters: number;
  readonly equal: number;
  readonly nearTies: number;
  readonly drifted: number;
  /** Drifted weights of the first pass; anything above 0 is a bug. */
  readonly driftedUnchangedWeights: number;
  /** Shares of all parameters. */
  readonly zeroPointFlipShare: number;
  readonly candidateFlipShare: number;
  /** Relative differences of steps. */
  readonly step: { readonly median: number; readonly p99: number; readonly max: number };
  /** The first place that is not equal throughout, or null. */
  readonly firstDifference: string | null;
}

const EQUAL_STEP = 1e-5;

export function compareCalibration(
  report: ReportOf,
  expected: Tensors,
  bits: number,
  { nearGap = 2e-3, nearMargin = 2e-3 }: { nearGap?: number; nearMargin?: number } = {},
): CalibrationDeviation {
  const differences: number[] = [];
  const places = (["initial", "final"] as const).flatMap((phase) =>
    Object.entries(phase === "initial" ? report.observed : report.recalibrated).map(([place, choice]): PlaceDeviation => {
      const node = place.slice(0, place.lastIndexOf("."));
      const site = place.slice(place.lastIndexOf(".") + 1) as Site;
      const official = officialQuantizer(expected, phase, node, site, bits, choice.quantizer.levels);
      if (official?.scale.length !== choice.quantizer.scale.length) throw new Error(`the oracle has no matching ${phase} ${place}`);
      const search = `search/${phase}/${officialName(node, site)}`;
      const recorded = expected.has(`${search}.chosen`)
        ? { chosen: integers(expected, `${search}.chosen`), gap: f32(expected, `${search}.gap`).data }
        : null;
      const counts = { equal: 0, nearTies: 0, drifted: 0, zeroPointFlips: 0, candidateFlips: 0, worstStep: 0 };
      official.scale.forEach((scale, c) => {
        const step = Math.abs(choice.quantizer.scale[c] / scale - 1);
        const zeroPoint = Math.abs((choice.quantizer.zeroPoint[c] ?? 0) - (official.zeroPoint[c] ?? 0));
        const otherCandidate = recorded !== null && recorded.chosen[c] !== choice.candidate[c];
        differences.push(step);
        counts.worstStep = Math.max(counts.worstStep, step);
        if (zeroPoint !== 0) counts.zeroPointFlips++;
        if (otherCandidate) counts.candidateFlips++;
        const tiedCandidates = Math.min(choice.gap[c], recorded?.gap[c] ?? Infinity) < nearGap && (otherCandidate || recorded === null);
        const tiedZeroPoint = step <= EQUAL_STEP && zeroPoint === 1 && choice.roundingMargin[c] < nearMargin;
        if (step <= EQUAL_STEP && zeroPoint === 0) counts.equal++;
        else if (tiedCandidates || tiedZeroPoint) counts.nearTies++;
        else counts.drifted++;
      });
      return { place: `${phase} ${place}`, site, channels: official.scale.length, ...counts };
    }),
  );
  const sum = (of: (place: PlaceDeviation) => number) => places.reduce((total, place) => total + of(place), 0);
  const sorted = differences.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))];
  const parameters = sorted.length;
  return {
    places,
    parameters,
    equal: sum(({ equal }) => equal),
    nearTies: sum(({ nearTies }) => nearTies),
    drifted: sum(({ drifted }) => drifted),
    driftedUnchangedWeights: sum(({ place, site, drifted }) => (site === "weight" && place.startsWith("initial") ? drifted : 0)),
    zeroPointFlipShare: sum(({ zeroPointFlips }) => zeroPointFlips) / parameters,
    candidateFlipShare: sum(({ candidateFlips }) => candidateFlips) / parameters,
    step: { median: at(0.5), p99: at(0.99), max: at(1) },
    firstDifference: places.find(({ equal, channels }) => equal < channels)?.place ?? null,
  };
}

export interface NoiseFloor {
  readonly step: { readonly median: number; readonly p99: number; readonly max: number };
  readonly zeroPointFlipShare: number;
  readonly candidateFlipShare: number;
}

/** How far the official program's own calibration moves when it is repeated in float64 (vit-s32, outlier weights). */
export function calibrationNoiseFloor(bits: number): NoiseFloor {
  const rows = readJson("vit-s32/noise-floor.json") as Readonly<Record<string, string | number>>[];
  const row = rows.find(
    ({ kind, weights, bits: name }) => `${kind}`.startsWith("whole") && weights === "outlier" && name === `w${bits}a${bits}`,
  );
  if (!row) throw new Error(`no noise floor is recorded at ${bits} bits`);
  const share = (name: string) => {
    const [part, whole] = `${row[name]}`.split("/").map(Number);
    return part / whole;
  };
  return {
    step: { median: Number(row.delta_rel_median), p99: Number(row.delta_rel_p99), max: Number(row.delta_rel_max) },
    zeroPointFlipShare: share("zero_point_flips"),
    candidateFlipShare: share("candidate_flips"),
  };
}
