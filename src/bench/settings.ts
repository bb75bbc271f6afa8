/** What tools/bench.mjs hands to the processes that it starts, as JSON in VITRINE_BENCH. */
import type { Place } from "./contender-list.ts";
import type { ModelChoice } from "./models/prepared-files.ts";

export interface BenchSettings {
  readonly place: Place;
  readonly models: readonly ModelChoice[];
  /** Names with commas, or "all". */
  readonly contenders: string;
  readonly runs: number;
  readonly batches: readonly number[];
  readonly timeLimitSeconds: number;
  readonly recipe: string;
  readonly threads: number | null;
  readonly headed: boolean;
  /** The same for all parts of one run. */
  readonly runId: string;
  readonly startedAt: string;
  /** As git describes it, when the run began. */
  readonly commit: string;
  /** Folder of the prepared models. */
  readonly modelsFolder: string;
  /** Folder of the parts that finish() puts together. */
  readonly partsFolder: string;
  /** Path without extension of the .json, .md and .html. */
  readonly out: string;
  readonly check: boolean;
  readonly baseline: string | null;
  readonly maxSlowdown: number;
  readonly minAgreement: number;
  /** Only a part of the models is measured here, perhaps none. */
  readonly isShard: boolean;
  /** Reports to put together instead of measuring. */
  readonly merge: readonly string[];
}

export const SETTINGS_VARIABLE = "VITRINE_BENCH";

export function readSettings(): BenchSettings {
  const text = process.env[SETTINGS_VARIABLE];
  if (text === undefined) throw new Error(`internal: ${SETTINGS_VARIABLE} is not set; start this with \`npm run bench\``);
  return JSON.parse(text) as BenchSettings;
}
