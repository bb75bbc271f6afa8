import type { SpeedReport } from "./schema.ts";
import { sectionsOf, type Table } from "./tables.ts";

/** The whole report as Markdown. */
export function reportMarkdown(report: SpeedReport): string {
  const parts = sectionsOf(report).flatMap(({ title, lines, tables }) => [
    `## ${title}`,
    ...(lines.length > 0 ? [lines.map((line) => `- ${escaped(line)}`).join("\n")] : []),
    ...tables.flatMap((each) => [...(each.title === "" ? [] : [`### ${each.title}`]), tableMarkdown(each.table)]),
  ]);
  return `${["# Speed", ...parts].join("\n\n")}\n`;
}

function tableMarkdown({ header, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(header), `| ${header.map(() => "---").join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** Messages of runtimes and paths may hold anything. */
function escaped(text: string): string {
  return text.replace(/[\\|`*_<>[\]]/g, "\\$&").replace(/\s+/g, " ");
}
