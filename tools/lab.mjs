/**
 * `npm run lab -- <command>`: the headless lab. Installs and builds what is missing (saying so on stderr), arranges a GPU driver
 * for Dawn, and runs dist/cli/main.js; stdout carries the command's output only (npm prints its own two lines there unless it is
 * called as `npm run -s lab --`). The exit code is the command's.
 */
import { resolve } from "node:path";
import { runChild } from "./child.mjs";
import { ensureBuilt } from "./build.mjs";
import { ensure } from "./ensure.mjs";
import { ensureBrowser } from "./find-browser.mjs";
import { ensureVulkan, gpuEnvironment } from "./gpu-env.mjs";

const GPU_COMMANDS = new Set(["run", "quantize", "compare", "sweep", "selftest", "profile", "tune"]);
/** @type {readonly import("./build.mjs").Target[]} */
const NODE_TARGETS = ["cli"];
/** @type {readonly import("./build.mjs").Target[]} */
const BROWSER_TARGETS = ["cli", "app"];

const args = process.argv.slice(2);
const usesBrowser = args.includes("--browser");
// Relative paths in the arguments are the caller's; npm itself moves to the project and leaves the caller's folder in INIT_CWD.
const cwd = (process.env.npm_lifecycle_event === "lab" ? process.env.INIT_CWD : undefined) ?? process.cwd();
ensure();
process.exitCode = await runLab().catch((error) => {
  process.stderr.write(`vitrine: ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});

async function runLab() {
  /** @type {Record<string, string>} */
  const env = {};
  if (usesBrowser) env.CHROME_PATH = await ensureBrowser();
  else {
    if (GPU_COMMANDS.has(args[0] ?? "") && !args.includes("--help")) await ensureVulkan();
    Object.assign(env, await gpuEnvironment());
  }
  for (const target of usesBrowser ? BROWSER_TARGETS : NODE_TARGETS) {
    const code = await ensureBuilt(target);
    if (code !== 0) return code;
  }
  return runChild(process.execPath, ["--enable-source-maps", resolve("dist/cli/main.js"), ...args], { env, cwd });
}
