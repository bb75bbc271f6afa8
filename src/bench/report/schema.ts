/** The report as a schema: what is written is checked, what is read (a baseline, parts to merge) is not trusted. */
import { z } from "zod";
import { InputError } from "../../tensor/input-error.ts";

export const REPORT_SCHEMA = "vitrine.speed/1";

const count = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();

/** CPU seconds of the processes; in Node there is only one. Null where the system does not tell. */
const cpu = z.strictObject({
  gpuProcess: z.number().nullable().describe("CPU seconds of the browser's GPU process"),
  renderer: z.number().nullable().describe("CPU seconds of the renderer processes of the contender's own page"),
  total: z.number().describe("CPU seconds of all processes that took part"),
});

const calls = z.strictObject({
  dispatches: count,
  passes: count,
  submits: count,
  bindGroups: count,
  pipelines: count,
  buffers: count,
  bufferWrites: count,
  maps: count,
});

const cold = z.strictObject({
  elapsedMs: milliseconds.describe("from the first byte of code to the first logits"),
  phases: z.array(z.strictObject({ name: z.string(), elapsedMs: milliseconds })),
  cpuSeconds: cpu.nullable(),
});

const warm = z.strictObject({
  timesMs: z.array(milliseconds).min(1).describe("every measured forward of one image, readback included"),
  medianMs: milliseconds,
  spread: z.number().nonnegative().describe("distance of the quartiles as a share of the median"),
  cpuSeconds: cpu.nullable().describe("per forward"),
  stoppedBy: z.string().nullable().describe("why there are fewer forwards than asked for"),
});

const throughput = z.strictObject({
  batch: z.number().int().positive(),
  imagesPerSecond: z.number().positive().nullable(),
  timesMs: z.array(milliseconds),
  cpuSecondsPerImage: z.number().nullable(),
  reason: z.string().nullable().describe("why it was left out"),
});

const agreement = z.strictObject({
  images: count,
  cosine: z.number(),
  relativeError: z.number().nullable().describe("null when the logits are not finite"),
  top1: z.number().min(0).max(1),
});

const kernelTimes = z.strictObject({
  clock: z
    .enum(["timestamps", "wall"])
    .describe("timestamps: the device's own clock; wall: seen from outside, each dispatch with the cost of a submit in it"),
  roofline: z
    .strictObject({
      fmaPerSecond: z.number(),
      packedDotPerSecond: z.number().nullable(),
      exp2PerSecond: z.number(),
      readBytesPerSecond: z.number(),
      dispatchSeconds: z.number(),
    })
    .describe("the adapter's limits, measured just before: operations (two for a multiply-add) and bytes a second"),
  kernels: z.array(
    z.strictObject({
      kernel: z.string(),
      shape: z.string().describe("MxKxN of a product, rows x columns of whatever else is written"),
      dispatches: count,
      elapsedMs: milliseconds.describe("of one dispatch by itself, the mean of all with this shape"),
      floorMs: milliseconds.describe("the least that the roofline allows"),
      floorBound: z.enum(["arithmetic", "memory", "dispatch"]),
    }),
  ),
});

const row = z.strictObject({
  model: z.string(),
  contender: z.string(),
  runtime: z.string(),
  provider: z.string(),
  precision: z.string(),
  status: z.enum(["measured", "left out"]),
  reason: z.string().nullable().describe("why the row was left out, or where it ended early"),
  cold: cold.nullable(),
  warm: warm.nullable(),
  throughput: z.array(throughput),
  memory: z.strictObject({ liveBytes: count, peakBytes: count }).nullable().describe("WebGPU buffers after a warm forward"),
  calls: calls.nullable().describe("WebGPU calls of one warm forward of one image"),
  agreement: agreement.nullable().describe("with the CPU float reference"),
  facts: z.record(z.string(), z.union([z.string(), z.number()])).describe("what the runtime tells of itself, as it ran warm"),
  kernelTimes: kernelTimes
    .optional()
    .describe("of a warm forward of one image, where the contender can tell; older reports do not have it"),
  notes: z.array(z.string()).describe("what a reader of the row must know: software adapter, hidden tab, spread"),
});

const model = z.strictObject({
  key: z.string(),
  parameters: count,
  inputShape: z.array(count),
  weights: z.string(),
  reference: z.strictObject({ by: z.string(), images: count }),
});

const adapter = z.strictObject({
  vendor: z.string(),
  architecture: z.string(),
  device: z.string(),
  description: z.string(),
  driver: z.string().optional().describe("with its version, where WebGPU tells it; older reports do not say it"),
  isSoftware: z.boolean(),
  features: z.array(z.string()),
});

/** One machine's part: environment, and the rows that were measured interleaved in it. */
const run = z.strictObject({
  id: z.string(),
  startedAt: z.string(),
  place: z.enum(["browser", "node"]),
  commit: z.string(),
  runtime: z.string().describe("Chromium 156.0, Google Chrome 156.0, Microsoft Edge 156.0 or Node v20.19.0, Dawn"),
  headless: z.boolean(),
  node: z.string(),
  system: z.string(),
  processor: z.string(),
  cores: count,
  loadAverage: z.number().nullable().describe("of the minute before the run began; null where the system does not tell"),
  adapter: adapter.nullable(),
  packages: z.record(z.string(), z.string()),
  options: z.strictObject({
    runs: count,
    batches: z.array(count),
    timeLimitSeconds: z.number(),
    recipe: z.string(),
    threads: count.nullable(),
  }),
  asked: z
    .strictObject({ models: z.array(z.string()), contenders: z.array(z.string()) })
    .optional()
    .describe("what the command named, whether it has rows or not; older reports do not say it"),
  models: z.array(model),
  rows: z.array(row),
});

export const speedReport = z.strictObject({ schema: z.literal(REPORT_SCHEMA), runs: z.array(run).min(1) });

export type SpeedReport = z.infer<typeof speedReport>;
export type SpeedRun = z.infer<typeof run>;
export type SpeedRow = z.infer<typeof row>;
export type CpuSeconds = z.infer<typeof cpu>;
export type KernelTimes = z.infer<typeof kernelTimes>;
export type Throughput = z.infer<typeof throughput>;

/** The JSON Schema that lies in docs/bench/speed; a test compares the two. */
export function jsonSchema(): unknown {
  return z.toJSONSchema(speedReport);
}

/** Throws InputError BENCH_REPORT with the first broken rule. */
export function parseReport(text: string, name: string): SpeedReport {
  let json: unknown = null;
  let rule = "it is not JSON";
  try {
    json = JSON.parse(text);
    const parsed = speedReport.safeParse(json);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    rule = `${issue.path.join(".") || "the whole"}: ${issue.message}`;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new InputError("BENCH_REPORT", {
    what: `"${name}" is no report of this benchmark.`,
    why: `Expected is the schema ${REPORT_SCHEMA}, but ${rule}.`,
    next: "Name a .json file that `npm run bench` wrote.",
  });
}
