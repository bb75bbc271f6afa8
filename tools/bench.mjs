/**
 * `npm run bench`: warm forwards on the built page in a real browser, or in Node on Dawn with --node; prints a Markdown table and
 * leaves it, with the JSON, in out/bench.
 * Options: --model deit-tiny  --modes float,integer,simulated  --bits w4a4,w8a8  --warm 3  --node  --out out/bench/forward
 *          --check (exit code 1 when a budget is broken)
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt } from "./build.mjs";
import { runChild, runPackage } from "./child.mjs";
import { selfCheck } from "./cpu-seconds.mjs";
import { ensure } from "./ensure.mjs";
import { ensureBrowser } from "./find-browser.mjs";
import { ensureVulkan, gpuEnvironment } from "./gpu-env.mjs";
import { serve } from "./serve.mjs";

const MODES = ["float", "integer", "simulated"];
const NODE_BUILD = "dist/bench";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "deit-tiny" },
    modes: { type: "string", default: "float,integer" },
    bits: { type: "string", default: "w4a4" },
    warm: { type: "string", default: "3" },
    node: { type: "boolean", default: false },
    out: { type: "string", default: "out/bench/forward" },
    check: { type: "boolean", default: false },
  },
});
const settings = { requests: requestsFrom(values), out: resolve(values.out), check: values.check };
const VITRINE_BENCH = JSON.stringify(settings);
const table = `${settings.out}.md`;
ensure();
rmSync(table, { force: true });
process.exitCode = await (values.node ? benchInNode() : benchInBrowser());
// A broken budget is read in the table, too.
if (existsSync(table)) process.stdout.write(readFileSync(table, "utf8"));

async function benchInBrowser() {
  const CHROME_PATH = await ensureBrowser();
  await selfCheck();
  const built = await ensureBuilt("app");
  if (built !== 0) return built;
  const server = await serve({ root: "dist/app", port: 0 });
  const env = { VITRINE_URL: server.url, VITRINE_BENCH, CHROME_PATH };
  const code = await runPackage("@playwright/test/cli.js", ["test", "--config", "e2e/bench.config.ts"], { env, stdout: "stderr" });
  await server.close();
  return code;
}

/** In a process of its own: the Vulkan loader reads its environment when a process starts. */
async function benchInNode() {
  await ensureVulkan();
  const { build } = await import("vite");
  await build({
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    build: { ssr: "src/bench/node-main.ts", outDir: NODE_BUILD, emptyOutDir: true, target: "node20", sourcemap: true },
  });
  const env = { VITRINE_BENCH, ...(await gpuEnvironment()) };
  return runChild(process.execPath, ["--enable-source-maps", resolve(NODE_BUILD, "node-main.js")], { env, stdout: "stderr" });
}

/**
 * Every mode at every width, the float model once.
 * @param {{model: string, modes: string, bits: string, warm: string}} options
 */
function requestsFrom({ model, modes, bits, warm }) {
  const forwards = Number(warm);
  if (!Number.isInteger(forwards) || forwards < 1) return refuse(`--warm is "${warm}"; it takes a whole number from 1`);
  const widths = bits.split(",").map((text) => {
    const match = /^w([2-8])a([2-8])$/i.exec(text);
    if (match === null) return refuse(`--bits has "${text}"; it takes widths like w4a4,w8a8`);
    return { weightBits: Number(match[1]), activationBits: Number(match[2]) };
  });
  return modes.split(",").flatMap((mode) => {
    if (!MODES.includes(mode)) return refuse(`--modes has "${mode}"; the modes are ${MODES.join(", ")}`);
    return (mode === "float" ? widths.slice(0, 1) : widths).map((width) => ({ model, mode, ...width, warm: forwards }));
  });
}

/**
 * @param {string} message
 * @returns {never}
 */
function refuse(message) {
  process.stderr.write(`bench: ${message}\n`);
  return process.exit(1);
}
