/**
 * `npm run bench`: warm forwards on the built page in a real browser; prints a Markdown table and leaves it, with the JSON, in out/bench.
 * Options: --modes float,integer  --weights 4  --activations 4  --warm 3  --model deit-tiny  --out out/bench/forward
 *          --check (exit code 1 when a budget is broken)
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt } from "./build.mjs";
import { runPackage } from "./child.mjs";
import { selfCheck } from "./cpu-seconds.mjs";
import { ensure } from "./ensure.mjs";
import { ensureBrowser } from "./find-browser.mjs";
import { serve } from "./serve.mjs";

const { values } = parseArgs({
  options: {
    modes: { type: "string", default: "float,integer" },
    weights: { type: "string", default: "4" },
    activations: { type: "string", default: "4" },
    warm: { type: "string", default: "3" },
    model: { type: "string", default: "deit-tiny" },
    out: { type: "string", default: "out/bench/forward" },
    check: { type: "boolean", default: false },
  },
});
const out = resolve(values.out);
ensure();
const CHROME_PATH = await ensureBrowser();
await selfCheck();
process.exitCode = (await ensureBuilt("app")) || (await runBench());

async function runBench() {
  const settings = {
    model: values.model,
    modes: values.modes.split(","),
    weightBits: Number(values.weights),
    activationBits: Number(values.activations),
    warm: Number(values.warm),
    out,
    check: values.check,
  };
  const server = await serve({ root: "dist/app", port: 0 });
  const env = { VITRINE_URL: server.url, VITRINE_BENCH: JSON.stringify(settings), CHROME_PATH };
  const code = await runPackage("@playwright/test/cli.js", ["test", "--config", "e2e/bench.config.ts"], { env, stdout: "stderr" });
  await server.close();
  if (code === 0) process.stdout.write(readFileSync(`${out}.md`, "utf8"));
  return code;
}
