/** A profile as a file: what the page saves and the command line prints, read back to be compared with. */
import { z } from "zod";
import type { Roofline } from "../../gpu/roofline/roofline.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { AdapterDescription } from "../comparison.ts";
import { rooflineSchema } from "../tune/roofline-schema.ts";
import type { Profile } from "./profile.ts";

export const PROFILE_SCHEMA = "vitrine.profile/2";

export interface ProfileReport extends Profile {
  readonly schema: typeof PROFILE_SCHEMA;
  /** The adapter's own limits; null where they were not measured, and there is no floor then. */
  readonly roofline: Roofline | null;
  readonly env: { readonly adapter: AdapterDescription; readonly runtime: string };
  /** ISO 8601. */
  readonly date: string;
  /** How long the page's tab was hidden meanwhile: more than 0 makes the times invalid. Absent where nothing was hidden. */
  readonly hiddenMs?: number | undefined;
}

const number = z.number().nonnegative();
const text = z.string().max(1000);
const step = z.object({
  name: text,
  kernel: text,
  variant: z.record(text, z.number()),
  shape: text.optional(),
  workgroups: z.tuple([number, number, number]),
  elapsedMs: number,
  repeats: number,
  operations: number,
  exponentials: number,
  bytes: number,
  operationsPerSecond: number,
  bytesPerSecond: number,
  floorMs: number.nullable(),
  floorBound: z.enum(["arithmetic", "memory", "dispatch"]).nullable(),
  percentOfFloor: number.nullable(),
});
const report = z.object({
  schema: z.literal(PROFILE_SCHEMA),
  model: text,
  mode: z.enum(["float", "simulated", "integer"]),
  precision: z.enum(["f32", "f16"]).optional(),
  images: z.int().positive(),
  clock: z.enum(["timestamps", "wall"]),
  clockNote: text.nullable(),
  isSoftware: z.boolean(),
  steps: z.array(step).min(1).max(10_000),
  submits: z.int().positive().optional(),
  sumMs: number,
  cold: z.object({ planMs: number, weightsMs: number, compileMs: number, pipelinesCompiled: number, firstRunMs: number, totalMs: number }),
  warm: z.object({ runs: number, medianMs: number, lowestMs: number, highestMs: number, drift: z.number().nullable().optional() }),
  memory: z.object({ weightBytes: number, arenaBytes: number }),
  kernels: z.array(z.object({ kernel: text, count: number, elapsedMs: number, percent: number })).max(1000),
  roofline: rooflineSchema.nullable(),
  env: z.object({
    adapter: z.object({
      vendor: text,
      architecture: text,
      device: text,
      description: text,
      isSoftware: z.boolean(),
      integerExecution: text.nullable(),
      tunedShapes: number,
    }),
    runtime: text,
  }),
  date: text,
  hiddenMs: number.optional(),
});

/** Throws InputError PROFILE_INVALID for whatever else the text is. */
export function parseProfile(json: string, name: string): ProfileReport {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw invalid(name, "It is not JSON.");
  }
  const parsed = report.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(name, issue === undefined ? "Its fields are others." : `At "${issue.path.join(".")}": ${issue.message}.`);
}

function invalid(name: string, why: string): InputError {
  return new InputError("PROFILE_INVALID", {
    what: `"${name}" is no profile.`,
    why,
    next: `Give a file that the Bench panel saved or that the command profile wrote (schema ${PROFILE_SCHEMA}).`,
  });
}
