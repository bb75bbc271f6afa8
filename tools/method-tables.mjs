/**
 * Writes the measured parts of docs/methods from the sweep reports in docs/bench. Run it after `npm run lab -- sweep --out docs/bench/NAME`.
 * Usage: node tools/method-tables.mjs [--check] [root]     --check writes nothing and ends in 1 when a page is not what the reports say.
 */
import { writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { methodPages } from "./method-pages.mjs";

const words = process.argv.slice(2);
const isCheck = words.includes("--check");
const root = resolve(words.find((word) => !word.startsWith("--")) ?? join(dirname(fileURLToPath(import.meta.url)), ".."));
const { pages, faults } = methodPages(root);
const changed = pages.filter(({ before, after }) => before !== after);
if (!isCheck) for (const { path, after } of changed) writeFileSync(join(root, path), after);
for (const { path } of changed) process.stdout.write(`${path}: ${isCheck ? "is not what the reports say" : "written"}\n`);
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.stdout.write(`method tables: ${pages.length} pages, ${changed.length} ${isCheck ? "stale" : "changed"}, ${faults.length} faults\n`);
process.exitCode = faults.length > 0 || (isCheck && changed.length > 0) ? 1 : 0;
