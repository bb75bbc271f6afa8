/**
 * `npm test`: installs what is missing (a browser too), then runs every check in order, cheap ones first, all of them even after
 * a failure, with the time of each and a summary. Nothing passes by being skipped: a skipped test counts as failed.
 * Options: --only a,b (steps by name), --list. The counts go to out/test/summary.json.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ensure } from "./ensure.mjs";
import { ensureBrowser } from "./find-browser.mjs";
import { ensureVulkan, gpuEnvironment } from "./gpu-env.mjs";
import { steps } from "./test-steps.mjs";

/** @typedef {{name: string, passed: number, failed: number, elapsedMs: number, note: string}} Outcome */

const { values } = parseArgs({ options: { only: { type: "string" }, list: { type: "boolean", default: false } } });
if (values.list) {
  for (const step of steps) process.stdout.write(`${step.name.padEnd(10)} ${step.what}\n`);
} else {
  const wanted = chooseSteps(values.only);
  ensure();
  if (wanted.some((step) => step.needsGpu)) await prepareGpu();
  rmSync("out/test", { recursive: true, force: true });
  mkdirSync("out/test", { recursive: true });
  const outcomes = await runSteps(wanted);
  report(outcomes);
}

/** @param {string | undefined} only */
function chooseSteps(only) {
  if (only === undefined) return steps;
  const names = only.split(",");
  const unknown = names.find((name) => !steps.some((step) => step.name === name));
  if (unknown === undefined) return steps.filter((step) => names.includes(step.name));
  process.stderr.write(`vitrine: no step "${unknown}"; steps are ${steps.map((step) => step.name).join(", ")}\n`);
  return process.exit(1);
}

/** Where nothing can be installed, the steps that need the browser or the driver fail and say so themselves. */
async function prepareGpu() {
  try {
    process.env.CHROME_PATH = await ensureBrowser();
    await ensureVulkan();
    Object.assign(process.env, await gpuEnvironment());
  } catch (error) {
    process.stderr.write(`vitrine: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

/**
 * @param {typeof steps} wanted
 * @returns {Promise<Outcome[]>}
 */
async function runSteps(wanted) {
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const side of sideBySide(wanted)) outcomes.push(...(await Promise.all(side.map(runStep))));
  return outcomes;
}

/**
 * Checks that follow each other say little and use one core each: they run together. Tests have the machine to themselves.
 * @param {typeof steps} wanted
 */
function sideBySide(wanted) {
  /** @type {(typeof steps[number])[][]} */
  const sides = [];
  for (const step of wanted) {
    const last = sides.at(-1);
    if (step.isCheck && last?.at(-1)?.isCheck) last.push(step);
    else sides.push([step]);
  }
  return sides;
}

/**
 * @param {typeof steps[number]} step
 * @returns {Promise<Outcome>}
 */
async function runStep(step) {
  process.stdout.write(`\n== ${step.name}: ${step.what}\n`);
  const startMs = performance.now();
  const result = await step.run().catch((/** @type {unknown} */ error) => ({
    passed: 0,
    failed: 1,
    note: error instanceof Error ? error.message : String(error),
  }));
  return { name: step.name, ...result, elapsedMs: performance.now() - startMs };
}

/** @param {Outcome[]} outcomes */
function report(outcomes) {
  process.stdout.write("\n== summary\n");
  for (const { name, passed, failed, elapsedMs, note } of outcomes) {
    const verdict = failed === 0 ? "ok    " : "FAILED";
    const counts = `${passed} passed, ${failed} failed`.padEnd(26);
    process.stdout.write(`${verdict} ${name.padEnd(10)} ${counts} ${(elapsedMs / 1000).toFixed(1).padStart(7)} s  ${note}\n`);
  }
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
  writeFileSync("out/test/summary.json", JSON.stringify({ passed, failed, steps: outcomes }, null, 2));
  process.stdout.write(`\n${passed} checks and tests passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
