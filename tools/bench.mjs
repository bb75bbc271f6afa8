/** `npm run bench`: our engine and its peers on the same models, in the same run and in turn; see HELP. */
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { serveBench } from "./bench-server.mjs";
import { ensureBuilt } from "./build.mjs";
import { runChild, runPackage } from "./child.mjs";
import { ensure } from "./ensure.mjs";
import { ensureBrowser } from "./find-browser.mjs";
import { ensureVulkan, gpuEnvironment } from "./gpu-env.mjs";

const HELP = `npm run bench -- [options]

Measures Vitrine and its peers (onnxruntime-web, transformers.js; in Node onnxruntime-node) on the same models and images, in the same run and in
turn: cold start, warm forwards, batches, CPU seconds, WebGPU calls and buffers, agreement with a float reference on the CPU.

What is measured
  --models a,b          deit-tiny (default), deit-small, vit-base, small: shapes with seeded random weights
  --model DIR           a model's folder, of any format that opens; may be given several times, alone or with --models
  --contenders a,b      all (default), or names such as ours-float,ours-w4a4,ort-web-webgpu-float,ort-web-wasm-int8,transformers-webgpu-float;
                        a wrong name prints all names
  --runs 10             warm forwards of each
  --batches 1,8,32      batch sizes for throughput
  --time-limit 60       seconds: a contender that needs longer for its warm forwards, or for a batch, is cut short and the report says so
  --recipe repq-vit     how our integer models are quantized
  --threads N           of the peers' WebAssembly and CPU providers; their own default otherwise

Where
  --node                in Node on Dawn instead of a browser
  --browser PATH        another browser than the one that is found (Chrome, Chromium, Edge)
  --headed              with a window
  --adapter swiftshader the software adapter where there is hardware, too
  --shard 2/3           the second third of the models, as Playwright shares them out: for several machines

What comes out
  --out PATH            path of the .json, .md and .html (default out/bench/speed)
  --merge a.json b.json put reports together instead of measuring
  --check               exit code 1 when a goal of this project is missed or was not measured (browser on a software adapter, deit-tiny)
  --baseline FILE       compare our rows with an earlier report; exit code 1 when one is slower, agrees less, or is gone though it was asked for,
                        and when a software adapter ran on another processor
  --max-slowdown 1.15   what the comparison accepts: CPU seconds on a software adapter, the median elsewhere
  --min-agreement 0.97  share of the baseline's cosine with the float reference that must be kept

A quick run: npm run bench -- --models deit-tiny --contenders ours-float,ort-web-wasm-float --runs 3 --batches 1
`;

const FOLDER = "out/bench";
/** Models and parts of this run alone, so that two runs in one checkout do not meet. */
const WORK = `${FOLDER}/run-${process.pid}`;

/** A peer that cannot be installed is a row that says so. */
const PEERS = ["onnxruntime-web", "onnxruntime-node", "@huggingface/transformers"];

const { values, positionals } = readOptions();
if (values.help) process.stdout.write(HELP);
else {
  ensure(PEERS);
  const settings = settingsOf();
  try {
    process.exitCode = await bench(settings);
  } finally {
    rmSync(WORK, { recursive: true, force: true });
  }
}

/** @param {ReturnType<typeof settingsOf>} settings */
async function bench(settings) {
  const VITRINE_BENCH = JSON.stringify(settings);
  const built = await ensureBuilt("bench-node");
  if (built !== 0) return built;
  const node = (/** @type {string} */ command, /** @type {Record<string, string>} */ env = {}) =>
    runChild(process.execPath, ["--enable-source-maps", "dist/bench-node/node-main.js", command], { env: { VITRINE_BENCH, ...env } });
  if (values.merge) return node("finish");
  const prepared = await node("prepare");
  if (prepared !== 0) return prepared;
  const measured = settings.place === "node" ? await inNode(node) : await inBrowser(VITRINE_BENCH);
  const finished = await node("finish");
  return measured === 0 ? finished : measured;
}

/** @param {string} VITRINE_BENCH */
async function inBrowser(VITRINE_BENCH) {
  const CHROME_PATH = values.browser ?? (await ensureBrowser());
  const built = await ensureBuilt("bench-page");
  if (built !== 0) return built;
  const server = await serveBench(`${WORK}/models`);
  const env = { VITRINE_URL: server.url, VITRINE_BENCH, CHROME_PATH, ...adapterEnvironment() };
  const shard = values.shard === undefined ? [] : [`--shard=${values.shard}`, "--pass-with-no-tests"];
  const args = ["test", "--config", "e2e/bench.config.ts", ...shard];
  const code = await runPackage("@playwright/test/cli.js", args, { env, stdout: "stderr" });
  await server.close();
  return code;
}

/** In a process of its own: the Vulkan loader reads its environment when a process starts. */
async function inNode(/** @type {(command: string, env: Record<string, string>) => Promise<number>} */ node) {
  Object.assign(process.env, adapterEnvironment());
  await ensureVulkan();
  return node("node", await gpuEnvironment());
}

/** @returns {Record<string, string>} */
function adapterEnvironment() {
  return values.adapter === undefined ? {} : { VITRINE_ADAPTER: values.adapter };
}

function readOptions() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: "boolean", default: false },
        models: { type: "string" },
        model: { type: "string", multiple: true },
        contenders: { type: "string", default: "all" },
        runs: { type: "string", default: "10" },
        batches: { type: "string", default: "1,8,32" },
        "time-limit": { type: "string", default: "60" },
        recipe: { type: "string", default: "repq-vit" },
        threads: { type: "string" },
        node: { type: "boolean", default: false },
        browser: { type: "string" },
        headed: { type: "boolean", default: false },
        adapter: { type: "string" },
        shard: { type: "string" },
        out: { type: "string", default: `${FOLDER}/speed` },
        merge: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        baseline: { type: "string" },
        "max-slowdown": { type: "string", default: "1.15" },
        "min-agreement": { type: "string", default: "0.97" },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function settingsOf() {
  const place = values.node ? /** @type {const} */ ("node") : /** @type {const} */ ("browser");
  if (positionals.length > 0 && !values.merge) refuse(`"${positionals[0]}" is no option`);
  if (values.merge && positionals.length === 0) refuse("--merge takes the reports to put together");
  if (values.adapter !== undefined && values.adapter !== "swiftshader") refuse(`--adapter is "${values.adapter}"; it takes swiftshader`);
  if (values.shard !== undefined) checkShard(values.shard);
  if (values.browser !== undefined && !existsSync(values.browser)) refuse(`--browser names ${values.browser}, which does not exist`);
  const names = values.models?.split(",") ?? (values.model ? [] : ["deit-tiny"]);
  const paths = (values.model ?? []).map((path) => resolve(caller(), path));
  const models = [...names.map((scenario) => ({ scenario })), ...paths.map((folder) => ({ folder }))];
  return {
    place,
    models,
    contenders: values.contenders,
    runs: whole("runs", values.runs),
    batches: values.batches.split(",").map((text) => whole("batches", text)),
    timeLimitSeconds: number("time-limit", values["time-limit"]),
    recipe: values.recipe,
    threads: values.threads === undefined ? null : whole("threads", values.threads),
    headed: values.headed,
    runId: randomUUID(),
    startedAt: new Date().toISOString(),
    commit: commitName(),
    modelsFolder: `${WORK}/models`,
    partsFolder: `${WORK}/parts`,
    out: resolve(caller(), values.out),
    check: values.check,
    baseline: values.baseline === undefined ? null : resolve(caller(), values.baseline),
    maxSlowdown: number("max-slowdown", values["max-slowdown"]),
    minAgreement: number("min-agreement", values["min-agreement"]),
    isShard: values.shard !== undefined,
    merge: values.merge ? positionals.map((path) => resolve(caller(), path)) : [],
  };
}

/** @param {string} text */
function checkShard(text) {
  const [part = 0, parts = 0] = /^[1-9]\d*\/[1-9]\d*$/.test(text) ? text.split("/").map(Number) : [];
  if (part === 0 || part > parts) refuse(`--shard is "${text}"; it takes 2/3: the second of three`);
  if (values.node) refuse("--shard is for browsers; with --node give each machine its --models");
}

/** Sources unpacked from an archive have no commit to name. */
function commitName() {
  const { status, stdout } = spawnSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : "unknown";
}

/** Relative paths are the caller's; npm itself moves to the project and leaves the caller's folder in INIT_CWD. */
function caller() {
  return (process.env.npm_lifecycle_event === "bench" ? process.env.INIT_CWD : undefined) ?? process.cwd();
}

/** @param {string} name @param {string} text */
function whole(name, text) {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 ? value : refuse(`--${name} has "${text}"; it takes whole numbers from 1`);
}

/** @param {string} name @param {string} text */
function number(name, text) {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? value : refuse(`--${name} is "${text}"; it takes a number above 0`);
}

/**
 * @param {string} message
 * @returns {never}
 */
function refuse(message) {
  process.stderr.write(`bench: ${message}; --help lists the options\n`);
  return process.exit(1);
}
