/** docs/errors.md from the table of codes (node tools/error-docs.mjs writes it). */
import { errorAreas } from "../tensor/error-table.ts";
import { notes } from "../tensor/note-table.ts";

export function errorDocs(): string {
  const sections = Object.entries({ ...errorAreas, [NOTES]: notes }).map(([title, codes]) => {
    const entries = Object.entries(codes)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, entry]) => `### ${code}\n\n**${entry.title}.** ${entry.meaning} What helps: ${entry.advice}\n`);
    return `## ${title}\n\n${entries.join("\n")}`;
  });
  return `${INTRODUCTION}\n${sections.join("\n")}`;
}

const NOTES = "Notes: nothing is refused, and somebody should know";

const INTRODUCTION = `# Error codes

Every error that comes from what was given (a file, a setting, an adapter) says what it is, why it cannot be used and what to do next, and carries one of these codes. The page, the
command line and this list share one table, \`src/tensor/error-table.ts\`; codes are stable, texts may change. Anything else that fails is a bug of ours and starts with "internal:".
`;
