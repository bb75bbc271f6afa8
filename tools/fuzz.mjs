/**
 * Fuzzes the parsers of files: node tools/fuzz.mjs [--inputs 1000000] [--seed 1] [--target onnx]
 * Prints one line of JSON for each target (inputs, refusals by code, slowest input, largest heap) and ends with 1 when a fault was found; a fault's seed
 * repeats it with `--seed N --inputs 1`. Interrupted, it finishes its 10,000 inputs and prints what it has.
 */
import { parseArgs } from "node:util";
import { createServer } from "vite";

const { values } = parseArgs({
  options: { inputs: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" }, target: { type: "string" } },
});
const CHUNK = 10_000;
let isStopped = false;
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(signal, () => (isStopped = true));

const server = await createServer({
  server: { middlewareMode: true, watch: null, hmr: false },
  appType: "custom",
  logLevel: "error",
  configFile: false,
});
/** @type {typeof import("../src/testing/fuzz.ts")} */
const { fuzz } = /** @type {any} */ (await server.ssrLoadModule("/src/testing/fuzz.ts"));
/** @type {typeof import("../src/testing/fuzz-targets.ts")} */
const { fuzzTargets } = /** @type {any} */ (await server.ssrLoadModule("/src/testing/fuzz-targets.ts"));

const wanted = fuzzTargets.filter(({ name }) => values.target === undefined || name === values.target);
if (wanted.length === 0)
  throw new Error(`no target is named ${values.target}; there are ${fuzzTargets.map(({ name }) => name).join(", ")}`);
for (const target of wanted) await fuzzOne(target);
await server.close();

/** @param {import("../src/testing/fuzz.ts").FuzzTarget} target */
async function fuzzOne(target) {
  const total = Number(values.inputs);
  const startMs = performance.now();
  const sum = {
    target: target.name,
    inputs: 0,
    accepted: 0,
    refused: /** @type {Record<string, number>} */ ({}),
    slowestMs: 0,
    largestHeapBytes: 0,
  };
  /** @type {unknown[]} */
  const faults = [];
  for (let done = 0; done < total && faults.length < 10 && !isStopped; done += CHUNK) {
    const report = await fuzz(target, Number(values.seed) + done, Math.min(CHUNK, total - done));
    sum.inputs += report.inputs;
    sum.accepted += report.accepted;
    sum.slowestMs = Math.max(sum.slowestMs, report.slowestMs);
    sum.largestHeapBytes = Math.max(sum.largestHeapBytes, process.memoryUsage().rss);
    for (const [code, count] of Object.entries(report.refused)) sum.refused[code] = (sum.refused[code] ?? 0) + count;
    faults.push(...report.faults);
    process.stderr.write(`${target.name}: ${sum.inputs} of ${total}\n`);
  }
  process.stdout.write(`${JSON.stringify({ ...sum, elapsedMs: performance.now() - startMs, faults })}\n`);
  if (faults.length > 0) process.exitCode = 1;
}
