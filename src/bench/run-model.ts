/** One model through all contenders: each is loaded cold, then they run in turn (A B A B), so that whatever the machine does meanwhile meets all. */
import { agreementOf } from "./agreement.ts";
import type { ContenderInfo } from "./contender-list.ts";
import type { Driver, OpenedContender } from "./driver.ts";
import { giveUpAfter, patienceMs } from "./give-up.ts";
import type { CpuSeconds, SpeedRow } from "./report/schema.ts";
import { difference, leftOut, rowOf, throughputOf, type Measured } from "./speed-row.ts";
import { median } from "./statistics.ts";

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

/** Two forwards are the least that has a spread; a contender slower than the limit gets these and no more. */
const LEAST_RUNS = 2;
/** Measured runs of a batch; one more before them lets the runtime prepare for it. */
const BATCH_RUNS = 3;
/** What a profile takes, in forwards: the first, whole ones, and every dispatch by itself; more where these are short. */
const PROFILE_FORWARDS = 8;
const HIDDEN = "the tab was hidden, which browsers slow down";

export async function runModel(driver: Driver, options: RunModelOptions): Promise<SpeedRow[]> {
  const rows = new Map<string, SpeedRow>();
  const entries: Measured[] = [];
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
    for (const entry of entries) await profile(entry, options);
  } finally {
    for (const { opened } of entries) await opened.close();
  }
  for (const entry of entries) rows.set(entry.info.id, rowOf(entry, options.model, options.isSoftware));
  return options.contenders.flatMap(({ id }) => rows.get(id) ?? []);
}

/** The entry, or why there is none. */
async function load(driver: Driver, info: ContenderInfo, { reference, timeLimitMs }: RunModelOptions): Promise<Measured | string> {
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
    kernelTimes: null,
    stoppedBy: null,
    failure: null,
  };
}

/** Cold it was a first visit; what follows is measured with what the runtime settles once on an adapter. */
async function tune(entry: Measured, { batches }: RunModelOptions): Promise<void> {
  const tuned = await entry.opened.tune([...new Set([1, ...batches])]);
  if (!tuned.ok) {
    entry.failure = tuned.reason;
    return;
  }
  entry.facts = tuned.value.facts;
  if (tuned.value.isHidden) entry.notes.add(HIDDEN);
}

async function runWarm(entries: readonly Measured[], options: RunModelOptions): Promise<void> {
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

async function runBatch(entries: readonly Measured[], batch: number, options: RunModelOptions): Promise<void> {
  const running: { entry: Measured; times: number[]; cpu: (CpuSeconds | null)[] }[] = [];
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

/** Of ours; last, since it takes memory of its own. What cannot be had is a remark: everything else is measured. */
async function profile(entry: Measured, { model, timeLimitMs, onProgress }: RunModelOptions): Promise<void> {
  if (entry.info.runtime !== "vitrine" || entry.failure !== null || entry.times.length === 0) return;
  const expectedMs = PROFILE_FORWARDS * median(entry.times);
  if (expectedMs > timeLimitMs) {
    entry.notes.add(
      `no times of its kernels: they would take about ${(expectedMs / 1000).toFixed(0)} s; the limit is ${timeLimitMs / 1000} s`,
    );
    return;
  }
  onProgress?.(`${model}: ${entry.info.id}, timing its kernels`);
  const profiled = await entry.opened.profile();
  if (!profiled.ok) {
    entry.notes.add(`no times of its kernels: ${profiled.reason}`);
    return;
  }
  entry.kernelTimes = profiled.value.kernelTimes;
  if (profiled.value.isHidden) entry.notes.add(HIDDEN);
}

/** Null when it failed; the entry then says why. Agreement is that of the most images run so far. */
async function runOnce(entry: Measured, images: number, { reference }: RunModelOptions) {
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
