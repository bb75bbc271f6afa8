import type { SpeedReport } from "./schema.ts";
import { sectionsOf, type Table } from "./tables.ts";

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { max-width: 80rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 0.5rem 0 1.5rem; display: block; overflow-x: auto; }
th, td { padding: 0.25rem 0.7rem; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); text-align: left; vertical-align: top; }
td { font-variant-numeric: tabular-nums; }
tr.ours td:first-child { font-weight: 600; }
`;

/** The whole report as one page that needs nothing beside it; the report itself lies inside as JSON. */
export function reportHtml(report: SpeedReport): string {
  const parts = sectionsOf(report).map(({ title, lines, tables }) =>
    [
      `<h2>${escaped(title)}</h2>`,
      ...(lines.length > 0 ? [`<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul>`] : []),
      ...tables.flatMap((each) => [...(each.title === "" ? [] : [`<h3>${escaped(each.title)}</h3>`]), tableHtml(each.table)]),
    ].join("\n"),
  );
  // "</script>" inside a string would end the element.
  const data = JSON.stringify(report).replaceAll("<", "\\u003c");
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8"><title>Vitrine: speed</title>',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<style>${STYLE}</style></head><body>`,
    "<h1>Speed</h1>",
    ...parts,
    `<script type="application/json" id="report">${data}</script>`,
    "</body></html>",
    "",
  ].join("\n");
}

function tableHtml({ header, rows }: Table): string {
  const head = header.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join("");
  const body = rows.map((cells) => {
    const ours = cells[0].startsWith("ours-") ? ' class="ours"' : "";
    return `<tr${ours}>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`;
  });
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
