/** Tunings by adapter, kept between visits where there is a place for them. */
import { z } from "zod";
import type { Gpu } from "../../gpu/device.ts";
import { kernels } from "../../gpu/kernels/index.ts";
import { probeCode } from "../../gpu/roofline/measure-roofline.ts";
import { digest } from "../digest.ts";
import type { AdapterTuning } from "./adapter-tuning.ts";
import { RUNG_NAMES } from "./gemm-rungs.ts";
import { rooflineSchema } from "./roofline-schema.ts";

/** Texts by key. What it holds is not trusted: it may be of another version, or cut off. */
export interface TextStore {
  load(key: string): Promise<string | null>;
  save(key: string, text: string): Promise<void>;
  /** Forget everything. */
  clear(): Promise<void>;
}

/** For as long as the process lives. */
export function memoryStore(): TextStore {
  const texts = new Map<string, string>();
  return {
    load: (key) => Promise.resolve(texts.get(key) ?? null),
    save: (key, text) => Promise.resolve(void texts.set(key, text)),
    clear: () => Promise.resolve(texts.clear()),
  };
}

const DATABASE = "vitrine-tuning";
const TABLE = "texts";

/** In the browser's IndexedDB, which workers have too. A browser that refuses it (private windows) keeps nothing, and nothing fails. */
export function indexedDbStore(factory: IDBFactory): TextStore {
  const open = () =>
    new Promise<IDBDatabase>((resolve, reject) => {
      const request = factory.open(DATABASE, 1);
      request.onupgradeneeded = () => void request.result.createObjectStore(TABLE);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error("internal: IndexedDB did not open"));
    });
  const within = async (mode: IDBTransactionMode, act: (table: IDBObjectStore) => IDBRequest): Promise<unknown> => {
    try {
      const database = await open();
      try {
        return await new Promise<unknown>((resolve, reject) => {
          const request = act(database.transaction(TABLE, mode).objectStore(TABLE));
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error ?? new Error("internal: IndexedDB failed"));
        });
      } finally {
        database.close();
      }
    } catch {
      return undefined;
    }
  };
  return {
    async load(key) {
      const found = await within("readonly", (table) => table.get(key));
      return typeof found === "string" ? found : null;
    },
    async save(key, text) {
      await within("readwrite", (table) => table.put(text, key));
    },
    async clear() {
      await within("readwrite", (table) => table.clear());
    },
  };
}

const rung = z.enum(RUNG_NAMES);
const shape = z.string().max(100);
const duration = z.number().nonnegative();
const tuning = z.object({
  gemm: z.object({
    choices: z.object({ byShape: z.record(shape, rung), otherwise: rung, prologues: z.array(shape).max(10_000).optional() }),
    timings: z.array(z.object({ shape, rung, elapsedMs: duration })).max(10_000),
    prologues: z.array(z.object({ shape, jointMs: duration, apartMs: duration })).max(10_000),
    elapsedMs: duration,
    compileMs: duration.optional(),
    complete: z.boolean(),
  }),
  roofline: rooflineSchema,
});

/** What is known of adapters. */
export interface Tunings {
  load(gpu: Gpu): Promise<AdapterTuning | undefined>;
  save(gpu: Gpu, tuning: AdapterTuning): Promise<void>;
  /** Forget all of it. */
  clear(): Promise<void>;
}

export function createTunings(store: TextStore): Tunings {
  return {
    load: async (gpu) => parseTuning(await store.load(await tuningKey(gpu))),
    save: async (gpu, result) => store.save(await tuningKey(gpu), JSON.stringify(result)),
    clear: () => store.clear(),
  };
}

/** Names the adapter, and the kernels and probes that were measured: a new shader makes what is known worthless. */
async function tuningKey({ vendor, architecture, deviceName, description, device }: Gpu): Promise<string> {
  const features = [...device.features].sort().join();
  const code = [probeCode, ...Object.values(kernels).map((kernel) => kernel.code)].join("\n");
  const version = await digest(new TextEncoder().encode(code));
  return JSON.stringify([vendor, architecture, deviceName, description, features, version.slice(0, 16)]);
}

function parseTuning(text: string | null): AdapterTuning | undefined {
  if (text === null) return undefined;
  try {
    return tuning.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
