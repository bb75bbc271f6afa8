/**
 * The measured parts of docs/methods as text: sweep reports (docs/bench/*.json, schema "vitrine.sweep/1") in, pages out. Everything outside the two markers
 * of a page stays as it is. Tables are padded as prettier pads them, so that formatting changes nothing.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

/** @typedef {{low: number, high: number}} Interval */
/** @typedef {{top1Agreement: number, top1AccuracyQuantized: number | null, klDivergence: number}} Quality */
/**
 * @typedef {{recipe: string, label: string, bits: string, effectiveWeightBits: number, quantizedBytes: number, quality: Quality, executor: string,
 *   executorNote: string | null, calibrationImages: number, agreement: Interval, accuracy: Interval | null}} Row
 */
/**
 * @typedef {{schema: string, model: string, command: string, commit: string | null, runtime: string, date: string, imageCount: number, floatBytes: number,
 *   adapter: {device: string, description: string, isSoftware: boolean} | null, floatAccuracy: (Interval & {rate: number}) | null,
 *   warnings?: readonly string[], rows: readonly Row[]}} Report
 */
/** @typedef {{file: string, report: Report}} Source */
/** @typedef {{path: string, before: string, after: string}} Page */

export const BEGIN = "<!-- measured:begin -->";
export const END = "<!-- measured:end -->";
const SCHEMA = "vitrine.sweep/1";
const FOLDER = "docs/methods";

/**
 * Names of the registered recipes, in their order.
 * @param {string} root
 */
export function recipeNames(root) {
  const text = readFileSync(join(root, "src/quant/recipes/index.ts"), "utf8");
  const list = /export const recipes = \{([\s\S]*?)\} as const/.exec(text)?.[1];
  if (list === undefined) throw new Error("src/quant/recipes/index.ts: no list of recipes found");
  return [...list.matchAll(/^\s*(?:"([^"]+)"|([A-Za-z]\w*))\s*[:,]/gm)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

/**
 * Every page with its measured part as the reports have it, the comparison first.
 * @param {string} root
 * @returns {{pages: Page[], faults: string[]}}
 */
export function methodPages(root) {
  const names = recipeNames(root);
  const sources = readReports(root);
  const contents = [
    { path: `${FOLDER}/README.md`, block: comparison(names, sources) },
    ...names.map((name) => ({ path: `${FOLDER}/${name}.md`, block: measured(name, sources) })),
  ];
  /** @type {Page[]} */
  const pages = [];
  /** @type {string[]} */
  const faults = [];
  for (const { path, block } of contents) {
    const before = existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : null;
    const parts = before?.split(new RegExp(`${BEGIN}[\\s\\S]*?${END}`));
    if (before === null) faults.push(`${path}: is missing`);
    else if (parts?.length !== 2) faults.push(`${path}: needs "${BEGIN}" and "${END}" once, on lines of their own`);
    else pages.push({ path, before, after: parts.join(`${BEGIN}\n\n${block}\n\n${END}`) });
  }
  return { pages, faults };
}

/**
 * @param {string} root
 * @returns {Source[]}
 */
function readReports(root) {
  const folder = join(root, "docs/bench");
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files
    .sort()
    .map((file) => ({ file, report: JSON.parse(readFileSync(join(folder, file), "utf8")) }))
    .filter(({ report }) => report.schema === SCHEMA);
}

/**
 * The measured part of one recipe's page.
 * @param {string} name
 * @param {readonly Source[]} sources
 */
function measured(name, sources) {
  const parts = sources.flatMap(({ file, report }) => {
    const rows = report.rows.filter(({ recipe }) => recipe === name).sort(byBits);
    if (rows.length === 0) return [];
    const images = [...new Set(rows.map(({ calibrationImages }) => calibrationImages))].join(" or ");
    const header = ["W/A", ...(report.floatAccuracy ? ["top-1, %"] : []), "agreement with float, %", "KL, nats", "size, MB", "executor"];
    const body = rows.map((row) => [
      row.bits,
      ...(report.floatAccuracy ? [accuracyOf(row)] : []),
      within(row.quality.top1Agreement, row.agreement),
      nats(row.quality.klDivergence),
      megabytes(row.quantizedBytes),
      row.executor,
    ]);
    const notes = [...new Set(rows.flatMap(({ bits, executorNote }) => (executorNote ? [`${bits}: ${executorNote}`] : [])))];
    return [
      `**${report.model}**, ${report.imageCount} images, calibrated on ${images}${floatFigures(report)}:`,
      table(header, body),
      ...notes,
      ...(report.warnings ?? []),
      `${environment(report)}; report [${file}](../bench/${file}).`,
    ];
  });
  if (parts.length === 0) return "Not measured yet: no sweep report in `docs/bench` has a row of this recipe.";
  return [...parts, "In brackets 95 % confidence intervals (Wilson). [All methods side by side](README.md#measured)."].join("\n\n");
}

/**
 * The measured part of the overview: per report one table of the figure that people ask for and one of the finer one.
 * @param {readonly string[]} names
 * @param {readonly Source[]} sources
 */
function comparison(names, sources) {
  if (sources.length === 0) return "Nothing measured yet: no sweep report lies in `docs/bench`.";
  return sources.flatMap(({ file, report }) => comparisonOf(names, file, report)).join("\n\n");
}

/**
 * @param {readonly string[]} names
 * @param {string} file
 * @param {Report} report
 */
function comparisonOf(names, file, report) {
  const { rows, floatAccuracy } = report;
  const bits = [...new Set([...rows].sort(byBits).map((row) => row.bits))];
  const figure = floatAccuracy ? rateOf : agreementOf;
  const present = names.filter((name) => rows.some(({ recipe }) => recipe === name));
  const absent = names.filter((name) => !present.includes(name));
  const rowOf = (/** @type {string} */ name, /** @type {string} */ setting) =>
    rows.find((row) => row.recipe === name && row.bits === setting);
  const score = (/** @type {string} */ name) => {
    const found = bits.map((setting) => rowOf(name, setting));
    return found.reduce((sum, row) => sum + (row ? figure(row) : 0), 0) / bits.length;
  };
  const ranked = [...present].sort((a, b) => score(b) - score(a) || names.indexOf(a) - names.indexOf(b));
  const floatCell = floatAccuracy ? within(floatAccuracy.rate, floatAccuracy) : "100.0";
  /**
   * @param {string} float
   * @param {(row: Row) => string} cell
   * @param {(row: Row) => number} value larger is better
   */
  const ranking = (float, cell, value) => {
    const best = bits.map((setting) => Math.max(...rows.filter((row) => row.bits === setting).map(value)));
    const body = ranked.map((name) => [
      `[${rows.find(({ recipe }) => recipe === name)?.label}](${name}.md)`,
      ...bits.map((setting, i) => {
        const row = rowOf(name, setting);
        if (!row) return "";
        return value(row) === best[i] ? `**${cell(row)}**` : cell(row);
      }),
    ]);
    return table(["method", ...bits], [["float", ...bits.map(() => float)], ...body]);
  };
  return [
    `### ${report.model}`,
    `${report.imageCount} images, the same for every cell${floatFigures(report)}. ${environment(report)}; report [${file}](../bench/${file}).`,
    ...(report.warnings ?? []),
    `${floatAccuracy ? "Top-1 accuracy" : "Top-1 agreement with float"} in percent with 95 % confidence intervals, methods by the mean of their columns:`,
    ranking(floatCell, floatAccuracy ? accuracyOf : (row) => within(row.quality.top1Agreement, row.agreement), figure),
    "KL divergence from the float model in nats, smaller is better:",
    ranking(
      "0",
      ({ quality }) => nats(quality.klDivergence),
      ({ quality }) => -quality.klDivergence,
    ),
    ...(absent.length > 0 ? [`Without a row in this report: ${absent.join(", ")}.`] : []),
    `\`\`\`sh\n${withoutFolders(report.command)}\n\`\`\``,
  ];
}

/** @param {Report} report */
function floatFigures({ floatAccuracy, floatBytes }) {
  const accuracy = floatAccuracy ? `, float top-1 ${within(floatAccuracy.rate, floatAccuracy)} %` : "";
  return `${accuracy}${floatBytes > 0 ? `, float size ${megabytes(floatBytes)} MB` : ""}`;
}

/** @param {Report} report */
function environment({ commit, date, runtime, adapter, rows }) {
  const executors = [...new Set(rows.map(({ executor }) => executor))].join(", ");
  const machine = adapter ? `${adapter.description || adapter.device}${adapter.isSoftware ? " (software)" : ""}` : "none";
  return `Commit ${commit ?? "unknown"}, ${date}, ${runtime}; executor ${executors}; adapter ${machine}`;
}

/** @param {Row} row */
function agreementOf({ quality }) {
  return quality.top1Agreement;
}

/** @param {Row} row */
function rateOf({ quality }) {
  return quality.top1AccuracyQuantized ?? 0;
}

/** @param {Row} row */
function accuracyOf(row) {
  return row.accuracy ? within(rateOf(row), row.accuracy) : "";
}

/**
 * @param {number} rate
 * @param {Interval} interval
 */
function within(rate, { low, high }) {
  const percent = (/** @type {number} */ share) => (100 * share).toFixed(1);
  return `${percent(rate)} (${percent(low)}–${percent(high)})`;
}

/** @param {number} value */
function nats(value) {
  return value.toFixed(value < 0.1 ? 4 : 3);
}

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1e6).toFixed(2);
}

/**
 * Many bits first: weights, then activations, then attention.
 * @param {{bits: string}} a
 * @param {{bits: string}} b
 */
function byBits(a, b) {
  const [left, right] = [a, b].map(({ bits }) => {
    const [weights = 0, activations = 0, attention = activations] = bits.split("/").map(Number);
    return weights * 1e4 + activations * 1e2 + attention;
  });
  return right - left;
}

/**
 * Absolute paths say nothing to anybody else: what they end in stays.
 * @param {string} command
 */
function withoutFolders(command) {
  return command.replace(/(?<= )(?:\/|[A-Za-z]:\\)\S+/g, (path) => basename(path.replaceAll("\\", "/")));
}

/**
 * @param {readonly string[]} header
 * @param {readonly (readonly string[])[]} body
 */
function table(header, body) {
  const widths = header.map((_, i) => Math.max(3, ...[header, ...body].map((cells) => cells[i].length)));
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}
