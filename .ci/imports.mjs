/**
 * Checks on every source file: the import table (which folder may import which), no import cycles, at most 600 lines.
 * "types" after a folder's name allows `import type` only (tests may import what they check with). Prints each fault as file: what is wrong; exit code 1 if there is any.
 * Usage: node .ci/imports.mjs [root]
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const MAX_LINES = 600;
const ENGINE = ["tensor", "graph", "models", "formats", "images", "reference", "metrics", "quant", "gpu", "wasm"];
/** @type {Record<string, readonly string[]>} */
const TABLE = {
  tensor: [],
  formats: ["tensor"],
  metrics: ["tensor"],
  graph: ["tensor"],
  images: ["tensor"],
  sample: ["tensor", "images"],
  reference: ["tensor", "graph"],
  models: ["tensor", "graph", "formats types", "images types", "reference types", "metrics types"],
  quant: ["tensor", "graph", "reference", "metrics"],
  gpu: ["tensor", "shaders"],
  wasm: ["tensor"],
  runner: ENGINE,
  bench: ["runner", ...ENGINE],
  cli: ["runner", "images", "sample", ...ENGINE, "e2e/launch.ts", "tools"],
  app: ["runner", "images", "sample", ...ENGINE],
  "main.tsx": ["app", "bench", "cli"],
  testing: ["runner", "sample", ...ENGINE],
};

const root = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), ".."));
/** @type {string[]} */
const faults = [];
const files = walk(join(root, "src"));
/** @type {Map<string, string[]>} file -> the files it imports; types count too, since a reader follows both */
const graph = new Map();
for (const file of files) graph.set(file, checkFile(file));
for (const cycle of findCycles(graph)) faults.push(`import cycle: ${cycle.join(" -> ")}`);
if (files.length === 0) faults.push("src: no source file found");
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.stdout.write(`imports: ${files.length} files, ${faults.length} faults\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

/**
 * Reports the faults of one file and returns the files it imports.
 * @param {string} file
 */
function checkFile(file) {
  const text = readFileSync(join(root, file), "utf8");
  const lines = text.split("\n").length - 1;
  if (lines > MAX_LINES) faults.push(`${file}: ${lines} lines, at most ${MAX_LINES} are allowed`);
  const from = folderOf(file);
  const allowed = TABLE[from] ?? [];
  if (TABLE[from] === undefined && !file.endsWith(".d.ts")) faults.push(`${file}: ${from} is not in the import table`);
  /** @type {string[]} */
  const needed = [];
  for (const { specifier, typeOnly } of readImports(text)) {
    const target = resolveImport(file, specifier);
    if (target === null) continue;
    if (!existsSync(join(root, target))) faults.push(`${file}: imports ${specifier}, which does not exist`);
    const to = folderOf(target);
    // A test may also use the shared fixtures of src/testing.
    const ok = from === to || allowed.includes(to) || allowed.includes(target) || (to === "testing" && isTest(file));
    if (!ok && !((typeOnly || isTest(file)) && allowed.includes(`${to} types`))) {
      faults.push(`${file}: ${from} may not import ${to}${typeOnly ? "" : " at run time"} (${specifier})`);
    }
    if (target.startsWith("src/")) needed.push(target);
  }
  return needed;
}

/**
 * Imports and re-exports, static and dynamic. Comments go first: they may quote code.
 * @param {string} text
 */
function readImports(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const statics = code.matchAll(/(?:^|[;\n}])\s*(import|export)\s+(type\s)?(?:[\w*\s{},$]+?\sfrom\s*)?["']([^"'\n]+)["']/g);
  const dynamics = code.matchAll(/\bimport\(\s*["']([^"'\n]+)["']/g);
  const workers = code.matchAll(/\bnew URL\(\s*["'](\.[^"'\n]+\.tsx?)["']\s*,\s*import\.meta\.url/g);
  return [
    ...[...statics].map((match) => ({ specifier: match[3] ?? "", typeOnly: match[2] !== undefined })),
    ...[...dynamics, ...workers].map((match) => ({ specifier: match[1] ?? "", typeOnly: false })),
  ];
}

/**
 * A path below the root, or null for a package.
 * @param {string} file @param {string} specifier
 */
function resolveImport(file, specifier) {
  const path = specifier.replace(/\?.*$/, "");
  if (path.startsWith("#shaders/")) return path.replace("#", "");
  return path.startsWith(".") ? posix.normalize(posix.join(posix.dirname(file), path)) : null;
}

/** @param {string} file */
function folderOf(file) {
  const parts = file.split("/");
  return (parts[0] === "src" ? parts[1] : parts[0]) ?? "";
}

/** @param {string} file */
function isTest(file) {
  return /\.test\.tsx?$/.test(file);
}

/**
 * Depth first; each cycle is reported once, from where it was entered.
 * @param {Map<string, string[]>} edges
 */
function findCycles(edges) {
  /** @type {string[][]} */
  const cycles = [];
  /** @type {Set<string>} */
  const done = new Set();
  const visit = (/** @type {string} */ file, /** @type {string[]} */ path) => {
    const start = path.indexOf(file);
    if (start >= 0) return void cycles.push([...path.slice(start), file]);
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return cycles;
}

/**
 * @param {string} folder
 * @returns {string[]} source files below it, as paths from the root with forward slashes
 */
function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return walk(path);
    return /\.tsx?$/.test(entry.name) ? [relative(root, path).split(sep).join("/")] : [];
  });
}
