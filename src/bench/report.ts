/** What the forward benchmark writes: the figures as data, the same as a Markdown table, and the budgets they must keep. */
import type { BenchAdapter, BenchMode, BenchRequest, BenchResult } from "./request.ts";

export interface BenchRow {
  readonly request: BenchRequest;
  readonly medianMs: number;
  /** CPU time per warm forward of the process that computes on a software adapter; null where it cannot be read. */
  readonly cpuSeconds: number | null;
  readonly counters: BenchResult["counters"];
  readonly plan: BenchResult["plan"];
  readonly integerExecution: string | null;
}

export interface BenchReport {
  readonly schema: "vitrine.bench.forward/1";
  readonly commit: string;
  /** "Chromium 140.0" or "Node v20.19.0, Dawn". */
  readonly runtime: string;
  /** Whose CPU time is given: the browser's GPU process, or the Node process. */
  readonly cpuOf: string;
  readonly adapter: BenchAdapter;
  readonly rows: readonly BenchRow[];
}

export interface Budget {
  readonly name: string;
  readonly measured: number;
  readonly limit: number;
}

/** On a software adapter: CPU-seconds of a DeiT-Tiny float forward, and W4A4 in integers against float. */
const FLOAT_LIMIT_SECONDS = 2;
const INTEGER_TO_FLOAT_LIMIT = 1.5;

/** The budgets that apply to this report; none on hardware, where CPU time says nothing. */
export function budgetsOf({ adapter, rows }: BenchReport): Budget[] {
  if (!adapter.isSoftware) return [];
  const seconds = (accepts: (request: BenchRequest) => boolean) =>
    rows.find(({ request }) => request.model === "deit-tiny" && accepts(request))?.cpuSeconds ?? null;
  const float = seconds(({ mode }) => mode === "float");
  const integer = seconds(({ mode, weightBits, activationBits }) => mode === "integer" && weightBits === 4 && activationBits === 4);
  if (float === null) return [];
  const budgets: Budget[] = [{ name: "float forward, CPU-seconds", measured: float, limit: FLOAT_LIMIT_SECONDS }];
  if (integer !== null)
    budgets.push({ name: "W4A4 integer / float, CPU-seconds", measured: integer / float, limit: INTEGER_TO_FLOAT_LIMIT });
  return budgets;
}

/** CPU-seconds per forward when `long` had `forwards` more of them than `short`: setting up, which both had, drops out. */
export function perForward(long: number | null, short: number | null, forwards: number): number | null {
  return long === null || short === null ? null : (long - short) / forwards;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function toMarkdown(report: BenchReport): string {
  const { adapter } = report;
  const software = adapter.isSoftware ? " (software: times say nothing about a GPU)" : "";
  const lines = [
    "# Warm forward, batch 1",
    "",
    `- adapter: ${[adapter.vendor, adapter.architecture, adapter.description].filter(Boolean).join(" ")}${software}`,
    `- runtime: ${report.runtime}`,
    `- commit: ${report.commit}`,
    "",
    `| model | execution | median ms | CPU-seconds of the ${report.cpuOf} | dispatches | arena MiB | weights MiB | WebGPU calls per forward |`,
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...report.rows.map(toLine),
  ];
  const budgets = budgetsOf(report).map(({ name, measured, limit }) => {
    return `- ${name}: ${measured.toFixed(2)}, at most ${limit}: ${measured <= limit ? "kept" : "BROKEN"}`;
  });
  return [...lines, "", ...budgets, ""].join("\n");
}

function toLine({ request, medianMs, cpuSeconds, counters, plan, integerExecution }: BenchRow): string {
  const cells = [
    request.model,
    executionOf(request, integerExecution),
    medianMs.toFixed(0),
    cpuSeconds === null ? "not measured" : cpuSeconds.toFixed(2),
    plan.dispatches,
    (plan.arenaBytes / 2 ** 20).toFixed(1),
    (plan.constantBytes / 2 ** 20).toFixed(1),
    Object.entries(counters)
      .map(([name, count]) => `${name} ${count}`)
      .join(", "),
  ];
  return `| ${cells.join(" | ")} |`;
}

const LABELS: Readonly<Record<BenchMode, string>> = { float: "float", integer: "integers", simulated: "simulated" };

function executionOf({ mode, weightBits, activationBits }: BenchRequest, integerExecution: string | null): string {
  if (mode === "float") return LABELS.float;
  return `W${weightBits}A${activationBits} ${LABELS[mode]}${integerExecution === null ? "" : ` (${integerExecution})`}`;
}
