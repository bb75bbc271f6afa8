/**
 * Checks README.md, CHANGELOG.md and docs/*.md against the code, so that the walks in docs/architecture.md stay true:
 * - a relative link leads to a file;
 * - `path/to/file.ext` in backticks exists (from the root, src/ or the document's folder; a * stands for any name);
 * - `name(...)` in backticks is declared somewhere in src, tools, e2e or shaders;
 * - `npm run x` names a script of package.json;
 * - every registered recipe has its page docs/methods/<name>.md, whose measured part is what the reports in docs/bench say.
 * Fenced blocks are examples and are read for `npm run` only.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { methodPages } from "../tools/method-pages.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const REQUIRED = ["README.md", "CHANGELOG.md", "docs/architecture.md"];
const CODE_FOLDERS = ["src", "tools", "e2e", "shaders", ".ci"];

/** @type {string[]} */
const faults = [];
const scripts = Object.keys(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts);
const codeFiles = CODE_FOLDERS.flatMap((folder) => walk(folder));
const allCode = codeFiles
  .filter((file) => /\.(tsx?|mjs|wgsl)$/.test(file))
  .map((file) => readFileSync(join(ROOT, file), "utf8"))
  .join("\n");
const documents = [...new Set([...REQUIRED, ...walk("docs").filter((file) => file.endsWith(".md"))])];
let checks = 0;
for (const document of documents) {
  if (existsSync(join(ROOT, document))) checkDocument(document, readFileSync(join(ROOT, document), "utf8"));
  else faults.push(`${document}: is missing`);
}
const methods = methodPages(ROOT);
checks += methods.pages.length;
faults.push(...methods.faults);
for (const { path, before, after } of methods.pages) {
  if (before !== after) faults.push(`${path}: its measured part is not what docs/bench says; run node tools/method-tables.mjs`);
}
if (checks === 0) faults.push("no document names anything of the code");
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.stdout.write(`docs: ${documents.length} documents, ${checks} references, ${faults.length} faults\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

/**
 * @param {string} document
 * @param {string} text
 */
function checkDocument(document, text) {
  for (const [, script = ""] of text.matchAll(/npm run (?:-s |--silent )?([\w:-]+)/g)) {
    check(document, `npm run ${script}`, scripts.includes(script));
  }
  for (const [, script = ""] of text.matchAll(/npm (start|test)\b/g)) check(document, `npm ${script}`, scripts.includes(script));
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "");
  for (const [, target = ""] of prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)) {
    if (/^(https?:|mailto:|#)/.test(target)) continue;
    check(document, `link ${target}`, existsSync(join(ROOT, dirname(document), target.replace(/#.*$/, ""))));
  }
  for (const [, code = ""] of prose.matchAll(/`([^`\n]+)`/g)) checkCode(document, code);
}

/**
 * @param {string} document
 * @param {string} code what stands between backticks
 */
function checkCode(document, code) {
  if (/^[\w@.*-]+(\/[\w@.*-]+)+\.(tsx?|mjs|wgsl|md|json)$/.test(code)) return check(document, code, pathExists(document, code));
  const call = /^(?:[\w$]+\.)*([A-Za-z_$][\w$]*)\(.*\)$/.exec(code);
  if (call?.[1] !== undefined) check(document, code, isDeclared(call[1]));
}

/**
 * @param {string} document
 * @param {string} path
 */
function pathExists(document, path) {
  const places = [path, join("src", path), join(dirname(document), path)];
  if (!path.includes("*")) return places.some((place) => existsSync(join(ROOT, place)));
  const pattern = new RegExp(`^(src/)?${path.replace(/[.]/g, "\\.").replace(/\*+/g, ".*")}$`);
  return codeFiles.some((file) => pattern.test(file));
}

/**
 * A function, a constant, a method or a property that holds a function.
 * @param {string} name
 */
function isDeclared(name) {
  const escaped = name.replace(/\$/g, "\\$");
  const declaration = `\\b(?:function\\*?|fn|const|class)\\s+${escaped}\\b`;
  const method = `^\\s*(?:async |static |readonly )*${escaped}\\??(?:<[^>\\n]*>)?(?:\\(|:\\s)`;
  return new RegExp(`${declaration}|${method}`, "m").test(allCode);
}

/**
 * @param {string} document
 * @param {string} what
 * @param {boolean} ok
 */
function check(document, what, ok) {
  checks++;
  if (!ok) faults.push(`${document}: ${what} does not exist (any more)`);
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function walk(folder) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(path) : [path];
  });
}
