/** A report as one HTML file: pictures, numbers and styles are inside, nothing is fetched, no script runs. */
import { bitsName, EXECUTORS, formatBits, formatBytes, formatCount, formatDb, formatMs, formatNats, formatPercent } from "../format.ts";
import { errorLevel, errorMap, TEXT_FLIPS } from "../results/error-map.ts";
import type { LayerError } from "../../runner/comparison.ts";
import { escapeHtml as e, scriptJson } from "./html.ts";
import type { ReportDocument, ReportImage, ReportSide } from "./report-document.ts";
import { REPORT_STYLE } from "./report-style.ts";

/** Not even this page's own data may be sent anywhere. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export function reportHtml(report: ReportDocument): string {
  const { main, baseline, model } = report;
  const { adapter } = main.env;
  const machine = adapter.description || `${adapter.vendor} ${adapter.architecture}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<title>${e(report.title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
<p class="muted">Vitrine report · ${e(report.madeAt.slice(0, 16).replace("T", " "))} UTC</p>
<h1>${e(report.verdict)}</h1>
<p>${e(model.name)}, ${formatCount(model.parameters)} parameters, ${model.config.depth} blocks × ${model.config.embedDim} wide; ${e(bitsName(main.request))} by ${e(main.label)}${baseline === null ? "" : `, beside ${e(baseline.label)}`}, on ${main.quality.imageCount} images, calibrated on ${main.calibrationCount}.</p>
${report.method === null ? "" : `<p>${e(main.label)}: ${e(report.method)}</p>`}
</header>
<main>
${report.warnings.map(({ code, text }) => `<p class="warning">▲ ${e(text)} <code>${e(code)}</code></p>`).join("\n")}
<section><h2>Numbers</h2>
${numbersTable(baseline === null ? [main] : [main, baseline], adapter.isSoftware)}
<p class="muted">${e(EXECUTORS[main.executor])}${main.executor === "cpu" ? "" : ` on ${e(machine)}`}${adapter.integerExecution === null ? "" : ` (${e(adapter.integerExecution)})`}; ${e(main.env.runtime)}.${adapter.isSoftware ? " Timings would say nothing about a GPU and are left out." : ""}</p>
${main.executorNote === null ? "" : `<p class="warning">▲ ${e(main.executorNote)}</p>`}
</section>
<section><h2>Where it is lost</h2>
<p>${report.lossSite === null ? "Nothing is lost." : `Most new error enters at ${e(report.lossSite)}.`} Signal to noise against the float model in decibels, over the first ${main.layerImageCount} images; errors add up from left to right.</p>
${strip(main.layers)}
${layersTable(main.layers)}
</section>
<section><h2>Image by image</h2>
<ul class="images">${report.images
    .filter(({ picture }) => picture !== null)
    .map(imageCard)
    .join("\n")}</ul>
${imagesTable(report.images)}
</section>
<section><h2>Make it again</h2>
<pre><code>${e(report.command)}</code></pre>
${report.manifest === null ? `<p class="muted">Without the list of images: it was not asked for.</p>` : manifestTable(report)}
${model.assumed.length === 0 ? "" : `<p>Assumed, because no file says so: ${e(model.assumed.join(", "))}.</p>`}
</section>
</main>
<footer class="muted">Everything above as data is in this file, in the element <code>#vitrine-data</code>. Nothing in it is fetched from anywhere.</footer>
<script type="application/json" id="vitrine-data">${scriptJson(report)}</script>
</body>
</html>
`;
}

function numbersTable(sides: readonly ReportSide[], isSoftware: boolean): string {
  const row = (name: string, value: (side: ReportSide) => string): string =>
    `<tr><th scope="row">${name}</th>${sides.map((side) => `<td>${e(value(side))}</td>`).join("")}</tr>`;
  const rows = [
    row("Bits asked for", ({ request }) => bitsName(request)),
    row(
      "Effective bits",
      ({ effectiveBits }) => `${formatBits(effectiveBits.weights)} per weight, ${formatBits(effectiveBits.activations)} per activation`,
    ),
    row("Top-1 agreement", ({ quality }) => formatPercent(quality.top1Agreement)),
    row("Accuracy, float", ({ quality }) => (quality.top1AccuracyFloat === null ? "no labels" : formatPercent(quality.top1AccuracyFloat))),
    row("Accuracy, quantized", ({ quality }) =>
      quality.top1AccuracyQuantized === null ? "no labels" : formatPercent(quality.top1AccuracyQuantized),
    ),
    row("KL divergence", ({ quality }) => formatNats(quality.klDivergence)),
    row("Logit SQNR", ({ quality }) => formatDb(quality.logitSqnrDb)),
    row("Size, float", ({ size }) => formatBytes(size.floatBytes)),
    row("Size, quantized", ({ size }) => formatBytes(size.quantizedBytes)),
  ];
  if (!isSoftware) {
    rows.push(row("Time, float", ({ perf }) => `${formatMs(perf.floatMs)} for ${perf.imageCount} images`));
    rows.push(row("Time, quantized", ({ perf }) => formatMs(perf.quantizedMs)));
  }
  return `<table><thead><tr><td></td>${sides.map(({ label }) => `<th scope="col">${e(label)}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/** Blocks x layers; numbers stand in the cells, so that the colour is not alone. */
function strip(layers: readonly LayerError[]): string {
  const map = errorMap(layers);
  if (map.roles.length === 0) return "";
  const [left, cell, height] = [120, 44, 24];
  const width = left + map.blocks.length * cell;
  const marks = map.roles.flatMap((role, row) => [
    `<text x="0" y="${(row + 1) * height + 16}" class="role">${e(role)}</text>`,
    ...map.blocks.map((_, column) => {
      const layer = map.cells[row]?.[column] ?? null;
      if (layer === null) return "";
      const level = errorLevel(layer.sqnrDb);
      const [x, y] = [left + column * cell, (row + 1) * height];
      const text = Number.isFinite(layer.sqnrDb) ? layer.sqnrDb.toFixed(0) : layer.sqnrDb > 0 ? "∞" : "!";
      return `<rect x="${x + 1}" y="${y + 1}" width="${cell - 2}" height="${height - 2}" rx="3" fill="${heat(level)}"/><text x="${x + cell / 2}" y="${y + 16}" text-anchor="middle" fill="${level >= TEXT_FLIPS.light ? "#fff" : "#000"}">${text}</text>`;
    }),
  ]);
  const head = map.blocks.map(
    (block, column) => `<text x="${left + (column + 0.5) * cell}" y="16" text-anchor="middle" class="role">${block}</text>`,
  );
  const label = `Error of ${map.roles.length} layers in ${map.blocks.length} blocks; the table below has the numbers.`;
  return `<div class="wide"><svg role="img" aria-label="${label}" width="${width}" height="${(map.roles.length + 1) * height}" viewBox="0 0 ${width} ${(map.roles.length + 1) * height}">${head.join("")}${marks.join("")}</svg></div>`;
}

/** The strip's light colours in both themes: cells bring their own background. */
function heat(level: number): string {
  const stops = [[238, 240, 238], [242, 174, 92], [124, 31, 12]] as const; // prettier-ignore
  const [from, to, share] = level < 0.5 ? [stops[0], stops[1], level * 2] : [stops[1], stops[2], level * 2 - 1];
  return `rgb(${from.map((value, i) => (value + ((to[i] ?? 0) - value) * share).toFixed(0)).join(",")})`;
}

function layersTable(layers: readonly LayerError[]): string {
  const rows = layers.map(
    ({ name, sqnrDb, cosine }) => `<tr><th scope="row">${e(name)}</th><td>${formatDb(sqnrDb)}</td><td>${cosine.toFixed(5)}</td></tr>`,
  );
  return details(
    `${layers.length} layers as a table`,
    `<table><thead><tr><th scope="col">Layer</th><th scope="col">SQNR</th><th scope="col">Cosine</th></tr></thead><tbody>${rows.join("")}</tbody></table>`,
  );
}

const MARK: Readonly<Record<string, string>> = { same: "= same", flip: "≠ flip", rescued: "↑ rescued" };

function imageCard(image: ReportImage): string {
  return `<li class="${e(image.mark)}"><img src="${e(image.picture ?? "")}" alt="" width="96" height="96"><p><strong>${e(image.name)}</strong></p><p>${MARK[image.mark] ?? e(image.mark)}</p><p class="float"><span>float</span> ${e(image.floatClass)} ${formatPercent(image.floatShare)}</p><p class="quantized"><span>quantized</span> ${e(image.quantizedClass)} ${formatPercent(image.quantizedShare)}</p></li>`;
}

function imagesTable(images: readonly ReportImage[]): string {
  const rows = images.map(
    (image) =>
      `<tr><th scope="row">${e(image.name)}</th><td>${e(image.label ?? "")}</td><td>${e(image.floatClass)} ${formatPercent(image.floatShare)}</td><td>${e(image.quantizedClass)} ${formatPercent(image.quantizedShare)}</td><td>${MARK[image.mark] ?? e(image.mark)}</td><td>${image.klDivergence.toFixed(3)}</td></tr>`,
  );
  const head = ["Image", "Label", "Float", "Quantized", "Outcome", "KL (nats)"].map((name) => `<th scope="col">${name}</th>`);
  return details(
    `${images.length} images as a table`,
    `<table><thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`,
  );
}

function manifestTable({ manifest }: ReportDocument): string {
  if (manifest === null) return "";
  const rows = manifest.images.map(
    ({ name, use, sha256 }) => `<tr><th scope="row">${e(name)}</th><td>${use.join(", ")}</td><td><code>${sha256}</code></td></tr>`,
  );
  const order =
    manifest.order === "shuffled"
      ? `shuffled with seed ${manifest.seed}`
      : manifest.order === "given"
        ? "in the order of their names"
        : "as a manifest says";
  return details(
    `${manifest.images.length} of ${manifest.givenCount} images in use, ${order}, with their digests`,
    `<table><thead><tr><th scope="col">Image</th><th scope="col">Use</th><th scope="col">SHA-256</th></tr></thead><tbody>${rows.join("")}</tbody></table>`,
  );
}

function details(summary: string, body: string): string {
  return `<details><summary>${e(summary)}</summary><div class="wide">${body}</div></details>`;
}
