/** A contender while it is measured, and the row of the report that comes of it. */
import { driftOf, NOTED_DRIFT } from "../runner/profile/drift.ts";
import type { Agreement } from "./agreement.ts";
import type { LoadResult, RunResult } from "./bench-session.ts";
import type { ContenderInfo } from "./contender-list.ts";
import type { OpenedContender } from "./driver.ts";
import type { CpuSeconds, KernelTimes, SpeedRow, Throughput } from "./report/schema.ts";
import { median, spread } from "./statistics.ts";

/** A spread above this makes a row doubtful, and it says so. */
const SPREAD_LIMIT = 0.15;

export interface Measured {
  readonly info: ContenderInfo;
  readonly opened: OpenedContender;
  readonly cold: SpeedRow["cold"];
  facts: LoadResult["facts"];
  readonly times: number[];
  readonly cpu: (CpuSeconds | null)[];
  readonly throughput: Throughput[];
  readonly notes: Set<string>;
  agreement: Agreement;
  last: RunResult | null;
  kernelTimes: KernelTimes | null;
  stoppedBy: string | null;
  /** Set when a run failed: what was measured until then stays. */
  failure: string | null;
}

export function rowOf(entry: Measured, model: string, isSoftware: boolean): SpeedRow {
  const { info, cold, times, cpu, throughput, notes, agreement, facts, last, kernelTimes, stoppedBy, failure } = entry;
  const scatter = spread(times);
  if (isSoftware) notes.add("software adapter: compare CPU seconds, not milliseconds");
  const drift = driftOf(times) ?? 0;
  if (Math.abs(drift) > NOTED_DRIFT) {
    notes.add(`times drift by ${(100 * drift).toFixed(0)} % from the first to the last quarter of the runs`);
  }
  if (scatter > SPREAD_LIMIT) notes.add(`times scatter by ${(100 * scatter).toFixed(0)} %`);
  const isFinite = Number.isFinite(agreement.relativeError) && Number.isFinite(agreement.cosine);
  return {
    ...identity(model, info),
    status: times.length > 0 ? "measured" : "left out",
    reason: failure,
    cold,
    warm: times.length === 0 ? null : { timesMs: times, medianMs: median(times), spread: scatter, cpuSeconds: meanOf(cpu), stoppedBy },
    throughput,
    memory: last?.bytes ?? null,
    calls: last?.calls ?? null,
    agreement: isFinite ? agreement : { ...agreement, cosine: 0, relativeError: null },
    facts,
    ...(kernelTimes === null ? {} : { kernelTimes }),
    notes: [...notes],
  };
}

export function leftOut(model: string, info: ContenderInfo, reason: string): SpeedRow {
  const nothing = { cold: null, warm: null, throughput: [], memory: null, calls: null, agreement: null, facts: {}, notes: [] };
  return { ...identity(model, info), status: "left out", reason, ...nothing };
}

function identity(model: string, { id, runtime, provider, precision }: ContenderInfo) {
  return { model, contender: id, runtime, provider, precision };
}

export function throughputOf(
  batch: number,
  times: readonly number[],
  cpu: readonly (CpuSeconds | null)[],
  reason: string | null,
): Throughput {
  const perRun = meanOf(cpu);
  return {
    batch,
    imagesPerSecond: times.length === 0 ? null : (batch * 1000) / median(times),
    timesMs: [...times],
    cpuSecondsPerImage: perRun === null ? null : perRun.total / batch,
    reason,
  };
}

export function difference(before: CpuSeconds | null, after: CpuSeconds | null): CpuSeconds | null {
  if (before === null || after === null) return null;
  const minus = (a: number | null, b: number | null) => (a === null || b === null ? null : a - b);
  return {
    gpuProcess: minus(after.gpuProcess, before.gpuProcess),
    renderer: minus(after.renderer, before.renderer),
    total: after.total - before.total,
  };
}

/** Of the runs whose clocks were read. A mean: single forwards lie near the clocks' resolution. */
function meanOf(seconds: readonly (CpuSeconds | null)[]): CpuSeconds | null {
  const known = seconds.filter((each) => each !== null);
  if (known.length === 0) return null;
  const mean = (pick: (each: CpuSeconds) => number | null) => {
    const values = known.map(pick);
    return values.includes(null) ? null : values.reduce<number>((sum, each) => sum + (each ?? 0), 0) / known.length;
  };
  return { gpuProcess: mean((each) => each.gpuProcess), renderer: mean((each) => each.renderer), total: mean((each) => each.total) ?? 0 };
}
