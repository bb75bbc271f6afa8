/** One model through all contenders: each is loaded cold, then they run in turn (A B A B), so that whatever the machine does meanwhile meets all. */
import { agreementOf, type Agreement } from "./agreement.ts";
import type { LoadResult, RunResult } from "./bench-session.ts";
import type { ContenderInfo } from "./contender-list.ts";
import type { Driver, OpenedContender } from "./driver.ts";
import { giveUpAfter, patienceMs } from "./give-up.ts";
import type { CpuSeconds, SpeedRow, Throughput } from "./report/schema.ts";
import { driftOf, NOTED_DRIFT } from "../runner/profile/drift.ts";
import { median, spread } from "./statistics.ts";

export interface RunModelOptions {
  readonly model: string;
  readonly contenders: readonly ContenderInfo[];
  /** Warm forwards per contender. */
  readonly runs: number;
  readonly batches: readonly number[];
  /** Of warm forwards, and of each batch size, per contender; what would take longer is left out with the reason. */
  readonly timeLimitMs: number;
  readonly isSoftware: boolean;
  readonly reference: { readonly logits: Float32Array; readonly classes: number };
  onProgress?(text: string): void;
}

/** A spread above this makes a row doubtful, and it says so. */
const SPREAD_LIMIT = 0.15;
/** Two forwards are the least that has a spread; a contender slower than the limit gets these and no more. */
const LEAST_RUNS = 2;
/** Measured runs of a batch; one more before them lets the runtime prepare for it. */
const BATCH_RUNS = 3;
const HIDDEN = "the tab was hidden, which browsers slow down";

interface Entry {
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
  stoppedBy: string | null;
  /** Set when a run failed: what was measured until then stays. */
  failure: string | null;
}

export async function runModel(driver: Driver, options: RunModelOptions): Promise<SpeedRow[]> {
  const rows = new Map<string, SpeedRow>();
  const entries: Entry[] = [];
  try {
    for (const info of options.contenders) {
      options.onProgress?.(`${options.model}: loading ${info.id}`);
      const loaded = await load(driver, info, options);
      if (typeof loaded === "string") rows.set(info.id, leftOut(options.model, info, loaded));
      else {
        entries.push(loaded);
        await tune(loaded, options);
      }
    }
    await runWarm(entries, options);
    for (const batch of options.batches) await runBatch(entries, batch, options);
  } finally {
    for (const { opened } of entries) await opened.close();
  }
  for (const entry of entries) rows.set(entry.info.id, rowOf(entry, options));
  return options.contenders.flatMap(({ id }) => rows.get(id) ?? []);
}

/** The entry, or why there is none. */
async function load(driver: Driver, info: ContenderInfo, { reference, timeLimitMs }: RunModelOptions): Promise<Entry | string> {
  let opened: OpenedContender;
  try {
    opened = giveUpAfter(patienceMs(timeLimitMs), await driver.open(info));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const before = await opened.cpu();
  const loaded = await opened.load();
  const cpuSeconds = difference(before, await opened.cpu());
  if (!loaded.ok) {
    await opened.close();
    return loaded.reason;
  }
  const { elapsedMs, phases, logits, facts, isHidden } = loaded.value;
  return {
    info,
    opened,
    cold: { elapsedMs, phases: [...phases], cpuSeconds },
    facts,
    times: [],
    cpu: [],
    throughput: [],
    notes: new Set(isHidden ? [HIDDEN] : []),
    agreement: agreementOf(logits, reference.logits, reference.classes),
    last: null,
    stoppedBy: null,
    failure: null,
  };
}

/** Cold it was a first visit; what follows is measured with what the runtime settles once on an adapter. */
async function tune(entry: Entry, { batches }: RunModelOptions): Promise<void> {
  const tuned = await entry.opened.tune([...new Set([1, ...batches])]);
  if (!tuned.ok) {
    entry.failure = tuned.reason;
    return;
  }
  entry.facts = tuned.value.facts;
  if (tuned.value.isHidden) entry.notes.add(HIDDEN);
}

async function runWarm(entries: readonly Entry[], options: RunModelOptions): Promise<void> {
  const { runs, timeLimitMs, model } = options;
  for (const entry of entries) {
    if (entry.failure !== null) continue;
    const firstMs = entry.cold?.phases.at(-1)?.elapsedMs ?? 0;
    // The second forward may still settle things. Where one takes long, that is nothing beside it.
    if (firstMs < timeLimitMs / 20) await runOnce(entry, 1, options);
  }
  for (let round = 0; round < runs; round++) {
    for (const entry of entries) {
      if (entry.failure !== null || entry.stoppedBy !== null) continue;
      const spentMs = entry.times.reduce((sum, each) => sum + each, 0);
      if (round >= LEAST_RUNS && spentMs + spentMs / round > timeLimitMs) {
        entry.stoppedBy = `${round} of ${runs} forwards: the next would pass the limit of ${timeLimitMs / 1000} s`;
        continue;
      }
      options.onProgress?.(`${model}: ${entry.info.id}, forward ${round + 1} of ${runs}`);
      const measured = await runOnce(entry, 1, options);
      if (measured === null) continue;
      entry.times.push(measured.elapsedMs);
      entry.cpu.push(measured.cpuSeconds);
    }
  }
}

async function runBatch(entries: readonly Entry[], batch: number, options: RunModelOptions): Promise<void> {
  const running: { entry: Entry; times: number[]; cpu: (CpuSeconds | null)[] }[] = [];
  for (const entry of entries) {
    if (entry.failure !== null || entry.times.length === 0) continue;
    if (batch === 1) {
      entry.throughput.push(throughputOf(1, entry.times, entry.cpu, null));
      continue;
    }
    const expectedMs = median(entry.times) * batch;
    if (expectedMs * 2 > options.timeLimitMs) {
      const reason = `two runs would take about ${((2 * expectedMs) / 1000).toFixed(0)} s; the limit is ${options.timeLimitMs / 1000} s`;
      entry.throughput.push(throughputOf(batch, [], [], reason));
      continue;
    }
    options.onProgress?.(`${options.model}: ${entry.info.id}, batch ${batch}`);
    const prepared = await runOnce(entry, batch, options);
    if (prepared !== null) running.push({ entry, times: [], cpu: [] });
    else {
      // A batch that is too large ends the batch, not the contender.
      entry.throughput.push(throughputOf(batch, [], [], entry.failure));
      entry.failure = null;
    }
  }
  for (let round = 0; round < BATCH_RUNS; round++) {
    for (const { entry, times, cpu } of running) {
      if (entry.failure !== null) continue;
      if (round > 0 && times[0] * (round + 1) > options.timeLimitMs) continue;
      const measured = await runOnce(entry, batch, options);
      if (measured === null) continue;
      times.push(measured.elapsedMs);
      cpu.push(measured.cpuSeconds);
    }
  }
  for (const { entry, times, cpu } of running) {
    entry.throughput.push(throughputOf(batch, times, cpu, times.length === 0 ? entry.failure : null));
  }
}

/** Null when it failed; the entry then says why. Agreement is that of the most images run so far. */
async function runOnce(entry: Entry, images: number, { reference }: RunModelOptions) {
  const before = await entry.opened.cpu();
  const outcome = await entry.opened.run(images);
  const cpuSeconds = difference(before, await entry.opened.cpu());
  if (!outcome.ok) {
    entry.failure = outcome.reason;
    return null;
  }
  const { value } = outcome;
  if (images === 1) entry.last = value;
  if (value.isHidden) entry.notes.add(HIDDEN);
  const covered = Math.min(images, reference.logits.length / reference.classes);
  if (covered >= entry.agreement.images) {
    entry.agreement = agreementOf(value.logits.slice(0, covered * reference.classes), reference.logits, reference.classes);
  }
  return { elapsedMs: value.elapsedMs, cpuSeconds };
}

function throughputOf(batch: number, times: readonly number[], cpu: readonly (CpuSeconds | null)[], reason: string | null): Throughput {
  const perRun = meanOf(cpu);
  return {
    batch,
    imagesPerSecond: times.length === 0 ? null : (batch * 1000) / median(times),
    timesMs: [...times],
    cpuSecondsPerImage: perRun === null ? null : perRun.total / batch,
    reason,
  };
}

function rowOf(entry: Entry, { model, isSoftware }: RunModelOptions): SpeedRow {
  const { info, cold, times, cpu, throughput, notes, agreement, facts, last, stoppedBy, failure } = entry;
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
    notes: [...notes],
  };
}

function leftOut(model: string, info: ContenderInfo, reason: string): SpeedRow {
  const nothing = { cold: null, warm: null, throughput: [], memory: null, calls: null, agreement: null, facts: {}, notes: [] };
  return { ...identity(model, info), status: "left out", reason, ...nothing };
}

function identity(model: string, { id, runtime, provider, precision }: ContenderInfo) {
  return { model, contender: id, runtime, provider, precision };
}

function difference(before: CpuSeconds | null, after: CpuSeconds | null): CpuSeconds | null {
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
