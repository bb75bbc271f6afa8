/** One contender with one model: loading it cold, running it warm. The page and Node both work through this. */
import { InputError } from "../tensor/input-error.ts";
import { contenderNamed, type Runtime } from "./contender-list.ts";
import { LeftOut, type ContenderHost, type Facts, type LoadedModel, type OpenContender, type TimePhase } from "./contenders/contender.ts";
import { callsBetween, type GpuBytes, type GpuCalls, type GpuMeter } from "./gpu-meter.ts";
import { benchPixels } from "./models/bench-pixels.ts";
import type { ModelManifest } from "./models/manifest.ts";
import type { KernelTimes } from "./report/schema.ts";
import { watchHidden, type WatchedPage } from "./page/hidden-watch.ts";

export interface Phase {
  readonly name: string;
  readonly elapsedMs: number;
}

/** Every measurement says it. */
interface Watched {
  /** The tab was in the background at some time of it: browsers slow those down. */
  readonly isHidden: boolean;
}

export interface LoadResult extends Watched {
  /** In order; they add up to less than the total by what lies between. The last is the first run. */
  readonly phases: readonly Phase[];
  readonly elapsedMs: number;
  readonly logits: readonly number[];
  readonly facts: Facts;
}

export interface TuneResult extends Watched {
  readonly facts: Facts;
}

export interface ProfileResult extends Watched {
  /** Null where the runtime's dispatches cannot be seen. */
  readonly kernelTimes: KernelTimes | null;
}

export interface RunResult extends Watched {
  readonly elapsedMs: number;
  readonly logits: readonly number[];
  /** Null where the runtime's calls cannot be seen. */
  readonly calls: GpuCalls | null;
  readonly bytes: GpuBytes | null;
}

/** What goes wrong is part of the result. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export interface BenchSession {
  load(contender: string, manifest: ModelManifest): Promise<Outcome<LoadResult>>;
  /** After `load` and before warm runs of so many images: what a runtime settles once on an adapter. Changes nothing where it has nothing to tune. */
  tune(batches: readonly number[]): Promise<Outcome<TuneResult>>;
  run(images: number): Promise<Outcome<RunResult>>;
  /** After everything else: takes some forwards' time. */
  profile(): Promise<Outcome<ProfileResult>>;
  close(): Promise<void>;
}

/** Each runtime is a chunk of its own, so that loading it is part of its own cold start. */
const OPENERS: Readonly<Record<Runtime, () => Promise<OpenContender>>> = {
  vitrine: async () => (await import("./contenders/vitrine.ts")).openVitrine,
  "onnxruntime-web": async () => (await import("./contenders/onnxruntime.ts")).openOnnxRuntime,
  "onnxruntime-node": async () => (await import("./contenders/onnxruntime.ts")).openOnnxRuntime,
  transformers: async () => (await import("./contenders/transformers.ts")).openTransformers,
};

/** `page`: the tab that may be hidden; null in Node. */
export function createBenchSession(host: ContenderHost, meter: GpuMeter | null, page: WatchedPage | null): BenchSession {
  let loaded: LoadedModel | null = null;
  let pixelsOf = (_images: number): Float32Array<ArrayBuffer> => new Float32Array();
  let seesCalls = false;
  let devices: ReadonlySet<object> = new Set();
  return {
    load: (contender, manifest) =>
      watched(page, async () => {
        const info = contenderNamed(contender);
        const made = new Map<number, Float32Array<ArrayBuffer>>();
        pixelsOf = (images) => {
          const known = made.get(images) ?? benchPixels(images, manifest.inputShape).data;
          made.set(images, known);
          return known;
        };
        const pixels = pixelsOf(1);
        seesCalls = info.runtime !== "onnxruntime-node" && info.provider === "webgpu";
        const phases: Phase[] = [];
        const phase: TimePhase = async (name, work) => {
          const startMs = performance.now();
          const result = await work();
          phases.push({ name, elapsedMs: performance.now() - startMs });
          return result;
        };
        const others = meter?.devices() ?? new Set();
        const startMs = performance.now();
        const open = await phase("code", OPENERS[info.runtime]);
        const model = await open(info, manifest, host, phase);
        loaded = model;
        const logits = await phase("first run", () => model.run(pixels, 1));
        const elapsedMs = performance.now() - startMs;
        devices = new Set([...(meter?.devices() ?? [])].filter((device) => !others.has(device)));
        return { phases, elapsedMs, logits: [...logits], facts: model.facts };
      }),
    tune: (batches) =>
      watched(page, async () => {
        if (loaded === null) throw new Error("internal: nothing is loaded");
        await loaded.tune?.(batches);
        return { facts: loaded.facts };
      }),
    run: (images) =>
      watched(page, async () => {
        if (loaded === null) throw new Error("internal: nothing is loaded");
        const pixels = pixelsOf(images);
        const before = meter && { ...meter.calls };
        const startMs = performance.now();
        const logits = await loaded.run(pixels, images);
        const elapsedMs = performance.now() - startMs;
        const calls = meter && before && seesCalls ? callsBetween(before, meter.calls) : null;
        return { elapsedMs, logits: [...logits], calls, bytes: calls && meter ? meter.bytes(devices) : null };
      }),
    profile: () =>
      watched(page, async () => {
        if (loaded === null) throw new Error("internal: nothing is loaded");
        return { kernelTimes: (await loaded.profile?.()) ?? null };
      }),
    async close() {
      await loaded?.close();
      loaded = null;
    },
  };
}

async function watched<T extends object>(page: WatchedPage | null, work: () => Promise<T>): Promise<Outcome<T & Watched>> {
  const watch = watchHidden(page);
  try {
    const result = await work();
    return { ok: true, value: { ...result, isHidden: watch.stop() } };
  } catch (error) {
    watch.stop();
    return { ok: false, reason: reasonOf(error) };
  }
}

/** One line; a runtime's own message may be long. */
function reasonOf(error: unknown): string {
  if (error instanceof LeftOut) return error.message;
  const text = error instanceof InputError ? `${error.what} ${error.why}` : error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, " ").slice(0, 300);
}
