import type { Profile } from "./profile.ts";

/** The Trace Event Format that Perfetto and chrome://tracing open: complete events ("X"), microseconds. */
export interface TraceFile {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: "ms";
  readonly otherData: Readonly<Record<string, string>>;
}

export interface TraceEvent {
  readonly name: string;
  readonly ph: "X" | "M";
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Steps one after the other in a row of their own, the blocks that they belong to in another. Times are those of the steps by themselves. */
export function toTrace(profile: Profile): TraceFile {
  const events: TraceEvent[] = [
    { name: "process_name", ph: "M", pid: 1, tid: 0, args: { name: `${profile.model}, ${profile.mode}, ${profile.images} images` } },
    { name: "thread_name", ph: "M", pid: 1, tid: 1, args: { name: "blocks" } },
    { name: "thread_name", ph: "M", pid: 1, tid: 2, args: { name: "kernels" } },
  ];
  const blocks: { name: string; ts: number; dur: number }[] = [];
  let ts = 0;
  for (const { name, kernel, elapsedMs, ...args } of profile.steps) {
    const dur = 1e3 * elapsedMs;
    events.push({ name: `${name} (${kernel})`, ph: "X", pid: 1, tid: 2, ts, dur, cat: kernel, args });
    const owner = /^\w+\.\d+/.exec(name)?.[0] ?? name;
    const last = blocks.at(-1);
    if (last?.name === owner) last.dur += dur;
    else blocks.push({ name: owner, ts, dur });
    ts += dur;
  }
  events.push(...blocks.map((block): TraceEvent => ({ ...block, ph: "X", pid: 1, tid: 1, cat: "block", args: {} })));
  const { clock, clockNote, warm } = profile;
  return {
    traceEvents: events,
    displayTimeUnit: "ms",
    otherData: { clock, ...(clockNote ? { clockNote } : {}), warmForwardMs: String(warm.medianMs) },
  };
}
