/** What the forward benchmark writes: the figures as data, and the same as a Markdown table. */

export type BenchMode = "float" | "integer";

/** What `window.vitrineBench.run` of the page (opened with ?automation=1) takes and gives. */
export interface BenchRequest {
  readonly model: string;
  readonly mode: BenchMode;
  readonly weightBits: number;
  readonly activationBits: number;
  /** How many warm forwards to run and time, after the first. */
  readonly warm: number;
}

export interface BenchResult {
  /** One entry per warm forward. */
  readonly elapsedMs: readonly number[];
  /** GPU objects made per warm forward: buffers, bind groups, pipelines, submits, maps. */
  readonly counters: Readonly<Record<string, number>>;
  readonly adapter: { readonly description: string; readonly vendor: string; readonly architecture: string; readonly isSoftware: boolean };
}

export interface BenchRow {
  readonly request: BenchRequest;
  readonly medianMs: number;
  /** CPU time of the browser's GPU process per warm forward; null where it cannot be read. */
  readonly gpuProcessCpuSeconds: number | null;
  readonly counters: Readonly<Record<string, number>>;
}

export interface BenchReport {
  readonly schema: "vitrine.bench.forward/1";
  readonly commit: string;
  readonly browser: string;
  readonly adapter: BenchResult["adapter"];
  readonly rows: readonly BenchRow[];
}

export interface Budget {
  readonly name: string;
  readonly measured: number;
  readonly limit: number;
}

/** On a software adapter: CPU-seconds of a DeiT-Tiny float forward, and integer against float. */
const FLOAT_LIMIT_SECONDS = 2;
const INTEGER_TO_FLOAT_LIMIT = 1.5;

/** The budgets that apply to this report; none on hardware, where CPU time says nothing. */
export function budgetsOf(report: BenchReport): Budget[] {
  const seconds = (mode: BenchMode) => report.rows.find((row) => row.request.mode === mode)?.gpuProcessCpuSeconds ?? null;
  const [float, integer] = [seconds("float"), seconds("integer")];
  if (!report.adapter.isSoftware || float === null || report.rows[0]?.request.model !== "deit-tiny") return [];
  const budgets: Budget[] = [{ name: "float forward, CPU-seconds", measured: float, limit: FLOAT_LIMIT_SECONDS }];
  if (integer !== null) budgets.push({ name: "integer / float, CPU-seconds", measured: integer / float, limit: INTEGER_TO_FLOAT_LIMIT });
  return budgets;
}

export function toMarkdown(report: BenchReport): string {
  const { adapter } = report;
  const software = adapter.isSoftware ? " (software: times say nothing about a GPU)" : "";
  const lines = [
    `# Warm forward, batch 1`,
    "",
    `- adapter: ${adapter.vendor} ${adapter.architecture} ${adapter.description}${software}`,
    `- browser: ${report.browser}`,
    `- commit: ${report.commit}`,
    "",
    "| model | execution | median ms | GPU-process CPU-seconds | GPU objects per forward |",
    "| --- | --- | --- | --- | --- |",
    ...report.rows.map(toLine),
  ];
  const budgets = budgetsOf(report).map(({ name, measured, limit }) => {
    return `- ${name}: ${measured.toFixed(2)}, at most ${limit}: ${measured <= limit ? "kept" : "BROKEN"}`;
  });
  return [...lines, "", ...budgets, ""].join("\n");
}

function toLine({ request, medianMs, gpuProcessCpuSeconds, counters }: BenchRow): string {
  const execution = request.mode === "float" ? "float" : `W${request.weightBits}A${request.activationBits} integer`;
  const cpu = gpuProcessCpuSeconds === null ? "not measured" : gpuProcessCpuSeconds.toFixed(2);
  const made = Object.entries(counters).map(([name, count]) => `${name} ${count}`);
  return `| ${request.model} | ${execution} | ${medianMs.toFixed(0)} | ${cpu} | ${made.join(", ")} |`;
}
