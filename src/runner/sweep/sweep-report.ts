/** A sweep as files: JSON (complete), CSV (for a spreadsheet) and Markdown (for people). */
import { wilson, type Interval } from "../../metrics/wilson.ts";
import { roundTiesToEven } from "../../tensor/rounding.ts";
import type { AdapterDescription } from "../comparison.ts";
import { paretoFront } from "./pareto.ts";
import type { Sweep, SweepRow } from "./sweep.ts";

/** Where and on what a sweep ran. `fingerprint` names model, images and settings: rows are taken over only from the same. */
export interface SweepContext {
  readonly fingerprint: string;
  readonly model: string;
  readonly command: string;
  readonly commit: string | null;
  readonly runtime: string;
  readonly adapter: AdapterDescription | null;
  readonly date: string;
}

export interface SweepReport extends SweepContext {
  readonly schema: "vitrine.sweep/1";
  readonly imageCount: number;
  readonly floatBytes: number;
  readonly floatMs: number;
  readonly floatAccuracy: (Interval & { readonly rate: number }) | null;
  readonly rows: readonly SweepReportRow[];
}

export interface SweepReportRow extends SweepRow {
  readonly agreement: Interval;
  readonly accuracy: Interval | null;
  /** No other row has at most its bytes and at most its error (KL divergence), and less of one. */
  readonly isParetoByBytes: boolean;
}

export function sweepReport({ rows, floatBytes, floatMs, imageCount }: Sweep, context: SweepContext): SweepReport {
  const front = paretoFront(rows.map(({ quantizedBytes, quality }) => ({ cost: quantizedBytes, error: quality.klDivergence })));
  const interval = (rate: number) => wilson(roundTiesToEven(rate * imageCount), imageCount);
  const floatRate = rows[0]?.quality.top1AccuracyFloat ?? null;
  return {
    schema: "vitrine.sweep/1",
    ...context,
    imageCount,
    floatBytes,
    floatMs,
    floatAccuracy: floatRate === null ? null : { rate: floatRate, ...interval(floatRate) },
    rows: rows.map((row, i) => ({
      ...row,
      agreement: interval(row.quality.top1Agreement),
      accuracy: row.quality.top1AccuracyQuantized === null ? null : interval(row.quality.top1AccuracyQuantized),
      isParetoByBytes: front[i],
    })),
  };
}

const COLUMNS: readonly (readonly [string, (row: SweepReportRow) => string | number])[] = [
  ["recipe", ({ recipe }) => recipe],
  ["rules", ({ rules }) => (rules === undefined ? "" : JSON.stringify(rules))],
  ["bits", ({ bits }) => bits],
  ["effective_weight_bits", (row) => row.effectiveWeightBits.toFixed(3)],
  ["effective_activation_bits", (row) => row.effectiveActivationBits?.toFixed(3) ?? ""],
  ["bytes", (row) => row.quantizedBytes],
  ["top1_accuracy", ({ quality }) => quality.top1AccuracyQuantized ?? ""],
  ["top1_accuracy_low", ({ accuracy }) => accuracy?.low ?? ""],
  ["top1_accuracy_high", ({ accuracy }) => accuracy?.high ?? ""],
  ["top1_agreement", ({ quality }) => quality.top1Agreement],
  ["top1_agreement_low", ({ agreement }) => agreement.low],
  ["top1_agreement_high", ({ agreement }) => agreement.high],
  ["kl_divergence", ({ quality }) => quality.klDivergence],
  ["logit_sqnr_db", ({ quality }) => quality.logitSqnrDb],
  ["logit_cosine", ({ quality }) => quality.logitCosine],
  ["calibration_images", (row) => row.calibrationImages],
  ["calibration_ms", (row) => row.calibrationMs.toFixed(0)],
  ["calibration_shared_by", (row) => row.sharedBy],
  ["executor", ({ executor }) => executor],
  ["pareto", ({ isParetoByBytes }) => (isParetoByBytes ? 1 : 0)],
];

export function toCsv({ rows }: SweepReport): string {
  const lines = [COLUMNS.map(([name]) => name), ...rows.map((row) => COLUMNS.map(([, value]) => String(value(row))))];
  return `${lines.map((cells) => cells.map(csvCell).join(",")).join("\n")}\n`;
}

function csvCell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Recipes down, bit settings across; best of each column bold, Pareto rows starred. */
export function toMarkdown(report: SweepReport): string {
  const { rows, floatAccuracy } = report;
  const bits = [...new Set(rows.map((row) => row.bits))];
  const recipes = [...new Map(rows.map(({ recipe, label }) => [recipe, label]))];
  const hasLabels = floatAccuracy !== null;
  const figure = ({ quality }: SweepReportRow) => (hasLabels ? (quality.top1AccuracyQuantized ?? 0) : quality.top1Agreement);
  const table = (title: string, cell: (row: SweepReportRow) => string, best: (row: SweepReportRow) => number) => {
    const tops = bits.map((setting) => Math.max(...rows.filter((row) => row.bits === setting).map(best)));
    const body = recipes.map(([recipe, label]) => {
      const cells = bits.map((setting, i) => {
        const row = rows.find((other) => other.recipe === recipe && other.bits === setting);
        if (!row) return "";
        const text = `${cell(row)}${row.isParetoByBytes ? " *" : ""}`;
        return best(row) === tops[i] ? `**${text}**` : text;
      });
      return `| ${label} | ${cells.join(" | ")} |`;
    });
    return [
      `### ${title}`,
      "",
      `| recipe | ${bits.map((name) => `W/A ${name}`).join(" | ")} |`,
      `|---|${bits.map(() => "---|").join("")}`,
      ...body,
      "",
    ];
  };
  const percent = (rate: number) => (100 * rate).toFixed(1);
  const within = (rate: number, { low, high }: Interval) => `${percent(rate)} (${percent(low)}–${percent(high)})`;
  return [
    `## ${report.model}: ${rows.length} quantized models on the same ${report.imageCount} images`,
    "",
    ...(floatAccuracy ? [`Float top-1: ${within(floatAccuracy.rate, floatAccuracy)} %. `] : []),
    `Figures in brackets are 95 % confidence intervals (Wilson). Bold: best of its column. *: on the Pareto front of bytes against KL divergence.`,
    "",
    ...table(
      hasLabels ? "Top-1 accuracy, %" : "Top-1 agreement with float, %",
      (row) => within(figure(row), (hasLabels ? row.accuracy : row.agreement) ?? row.agreement),
      figure,
    ),
    ...(hasLabels
      ? table(
          "Top-1 agreement with float, %",
          ({ quality }) => percent(quality.top1Agreement),
          ({ quality }) => quality.top1Agreement,
        )
      : []),
    ...table(
      "KL divergence from float, nats (smaller is better)",
      ({ quality }) => quality.klDivergence.toFixed(3),
      ({ quality }) => -quality.klDivergence,
    ),
    ...table(
      "Size, kB",
      ({ quantizedBytes }) => (quantizedBytes / 1000).toFixed(0),
      () => 0,
    ).map((line) => line.replaceAll("**", "")),
    "### Environment",
    "",
    `- command: \`${report.command}\``,
    `- commit ${report.commit ?? "unknown"}, ${report.date}, ${report.runtime}`,
    `- executor: ${[...new Set(rows.map(({ executor }) => executor))].join(", ")}; adapter: ${report.adapter ? report.adapter.description || report.adapter.device : "none"}`,
    "",
  ].join("\n");
}
