/**
 * Builds into dist/app (the page), dist/cli (the headless entry, for Node), dist/bench-page and dist/bench-node (the benchmark's), each only
 * when its inputs changed.
 * Usage: node tools/build.mjs app|cli|bench-page|bench-node
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { assemblyPlugin } from "./assembly.mjs";
import { runChild } from "./child.mjs";
import { ensure } from "./ensure.mjs";

const STAMP = ".inputs";
const COMMON_INPUTS = [
  "src",
  "shaders",
  "assembly",
  "package.json",
  "package-lock.json",
  "vite.config.ts",
  "tools/build.mjs",
  "tools/assembly.mjs",
  "tools/offline.mjs",
];
const TARGETS = {
  app: { outDir: "dist/app", inputs: [...COMMON_INPUTS, "index.html", "public"] },
  cli: { outDir: "dist/cli", inputs: COMMON_INPUTS },
  "bench-page": { outDir: "dist/bench-page", inputs: COMMON_INPUTS },
  "bench-node": { outDir: "dist/bench-node", inputs: COMMON_INPUTS },
};

/** @typedef {keyof typeof TARGETS} Target */

/**
 * Builds in a process of its own (its messages go to stderr) unless the last build saw the same inputs.
 * @param {Target} target
 * @returns {Promise<number>} exit code
 */
export async function ensureBuilt(target) {
  if (isFresh(target)) return 0;
  // The caller has ensured the packages that it needs.
  return runChild(process.execPath, ["tools/build.mjs", target, "--as-installed"], { stdout: "stderr" });
}

/**
 * @param {string} name
 * @returns {name is Target}
 */
function isTarget(name) {
  return Object.hasOwn(TARGETS, name);
}

/** @param {Target} target */
export function isFresh(target) {
  const stamp = join(TARGETS[target].outDir, STAMP);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint(target);
}

/**
 * Builds beside the old result and swaps at the end, so that a running server or lab never sees half a build.
 * @param {Target} target
 */
async function buildTarget(target) {
  const { outDir } = TARGETS[target];
  const inputs = fingerprint(target);
  const building = `dist/.building-${target}-${process.pid}`;
  const { build } = await import("vite");
  try {
    await build(configOf(target, building));
    writeFileSync(join(building, STAMP), inputs);
    rmSync(outDir, { recursive: true, force: true });
    renameSync(building, outDir);
  } catch (error) {
    // Two labs started at once build the same thing; the second to finish finds the first one's result in place.
    if (!isFresh(target)) throw error;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

/**
 * @param {Target} target
 * @param {string} outDir
 * @returns {import("vite").InlineConfig}
 */
function configOf(target, outDir) {
  if (target === "app") return { build: { outDir, emptyOutDir: true } };
  if (target === "cli") return nodeConfig("src/cli/main.ts", outDir);
  if (target === "bench-node") return nodeConfig("src/bench/node-main.ts", outDir);
  return {
    configFile: false,
    root: "src/bench/page",
    base: "./",
    publicDir: false,
    logLevel: "warn",
    plugins: [assemblyPlugin()],
    build: { outDir: resolve(outDir), emptyOutDir: true, target: "es2022", sourcemap: true },
  };
}

/**
 * Packages stay imports (Vite's default for Node builds): webgpu and sharp carry native code.
 * @param {string} entry
 * @param {string} outDir
 * @returns {import("vite").InlineConfig}
 */
function nodeConfig(entry, outDir) {
  return {
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    plugins: [assemblyPlugin()],
    build: { ssr: entry, outDir, emptyOutDir: true, target: "node20", sourcemap: true },
  };
}

/**
 * Names, sizes and times of every input file.
 * @param {Target} target
 */
function fingerprint(target) {
  const hash = createHash("sha256");
  const visit = (/** @type {string} */ path) => {
    if (!existsSync(path)) return;
    const stats = statSync(path);
    if (stats.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else if (!/\.test\.tsx?$/.test(path)) hash.update(`${path} ${stats.size} ${stats.mtimeMs}\n`);
  };
  for (const input of TARGETS[target].inputs) visit(input);
  return hash.digest("hex");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (!process.argv.includes("--as-installed")) ensure();
  const target = process.argv[2] ?? "";
  if (!isTarget(target)) throw new Error(`tools/build.mjs: expected one of ${Object.keys(TARGETS).join(", ")}, got "${target}"`);
  await buildTarget(target);
}
