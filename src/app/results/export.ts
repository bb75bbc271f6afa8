import type { LayerError } from "../../runner/comparison.ts";
import type { ModelCard } from "../../models/config.ts";
import type { LabComparison, LabSide } from "../worker/lab-api.ts";
import { className } from "./image-rows.ts";
import type { ImageRow } from "./image-rows.ts";

/** Results as files: one JSON with everything but logits, CSVs for images and layers. */
export function resultsJson(result: LabComparison, card: ModelCard, verdict: string, rows: readonly ImageRow[]): string {
  const document = {
    schema: "vitrine-comparison/1",
    verdict,
    model: { name: card.name, family: card.family, config: card.config, parameters: card.parameters, assumed: card.assumed },
    warnings: result.warnings,
    main: summaryOf(result.main),
    baseline: result.baseline === null ? null : summaryOf(result.baseline),
    images: rows.map((row) => ({
      name: row.image.name,
      label: row.image.label,
      float: { class: row.floatClass, probability: row.floatShare },
      quantized: { class: row.quantizedClass, probability: row.quantizedShare },
      mark: row.mark,
      klDivergence: row.klDivergence,
    })),
  };
  return JSON.stringify(document, keepNonFinite, 2);
}

export function imagesCsv(rows: readonly ImageRow[], labels: readonly string[] | null): string {
  const header = ["image", "label", "float_class", "float_probability", "quantized_class", "quantized_probability", "mark", "kl_nats"];
  const lines = rows.map((row) => [
    row.image.name,
    row.image.label === null ? "" : className(labels, row.image.label),
    className(labels, row.floatClass),
    row.floatShare,
    className(labels, row.quantizedClass),
    row.quantizedShare,
    row.mark,
    row.klDivergence,
  ]);
  return csv([header, ...lines]);
}

export function layersCsv(layers: readonly LayerError[]): string {
  return csv([["name", "block", "role", "sqnr_db", "cosine"], ...layers.map((l) => [l.name, l.block ?? "", l.role, l.sqnrDb, l.cosine])]);
}

function summaryOf(side: LabSide): object {
  const { request, executor, executorNote, quality, effectiveBits, calibrationCount, layers, layerImageCount, size, perf, env, classes } =
    side;
  return { request, executor, executorNote, quality, effectiveBits, calibrationCount, layers, layerImageCount, size, perf, env, classes };
}

/** JSON has no Infinity or NaN, and null would hide an exact match: they are written as strings. */
function keepNonFinite(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function csv(lines: readonly (readonly (string | number)[])[]): string {
  return lines.map((cells) => cells.map(csvCell).join(",") + "\r\n").join("");
}

/** A leading = + - @ would make a spreadsheet run a file name as a formula; a quote mark before it keeps it text. Numbers are left alone. */
function csvCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
