/**
 * The steps of `npm test` as data: name, what it checks, how it runs. A check step counts as one test; the test runners count
 * their own, read from the JSON they write.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { runChild, runPackage } from "./child.mjs";
import { serve } from "./serve.mjs";

/** @typedef {{passed: number, failed: number, note: string}} Counts */
/** @typedef {{name: string, what: string, needsGpu: boolean, isCheck: boolean, run: () => Promise<Counts>}} Step */

const STEP_LIMIT_MS = 30 * 60_000;

/** @type {readonly Step[]} */
export const steps = [
  check("format", "prettier", () => runPackage("prettier/bin/prettier.cjs", ["--check", "--log-level", "warn", "."], limits())),
  check("types", "the whole project", () => tsc("tsconfig.json")),
  check("pure", "engine folders without DOM, Node and WebGPU types", () => tsc("tsconfig.pure.json")),
  check("tools", "types of the tools", () => tsc("tsconfig.tools.json")),
  check("lint", "oxlint with type information", () => runPackage("oxlint/bin/oxlint", ["--type-aware", "--deny-warnings"], limits())),
  check("imports", "import table, cycles, file length", () => runChild(process.execPath, [".ci/imports.mjs"], limits())),
  check("docs", "what the documents name exists", () => runChild(process.execPath, [".ci/docs.mjs"], limits())),
  tests("unit", "pure code and the oracle's numbers", false, () => vitest("unit")),
  tests("gpu", "every shader on Dawn's null backend, every kernel on Dawn's adapter", true, () => vitest("gpu")),
  check("build", "the page and the headless entry", buildBoth),
  tests("page", "the built page over a stand-in engine", true, () => playwright("interface")),
  tests("engine", "the built page and the benchmark on the browser's adapter", true, () => playwright("engine")),
];

/**
 * @param {string} name
 * @param {string} what
 * @param {() => Promise<number>} command
 * @returns {Step}
 */
function check(name, what, command) {
  const run = async () => {
    const code = await command();
    return code === 0 ? { passed: 1, failed: 0, note: "" } : { passed: 0, failed: 1, note: `exit code ${code}` };
  };
  return { name, what, needsGpu: false, isCheck: true, run };
}

/**
 * @param {string} name
 * @param {string} what
 * @param {boolean} needsGpu
 * @param {() => Promise<Counts>} run
 * @returns {Step}
 */
function tests(name, what, needsGpu, run) {
  return { name, what, needsGpu, isCheck: false, run };
}

/** @param {string} project */
function tsc(project) {
  return runPackage("typescript/bin/tsc", ["-p", project], limits());
}

/** @param {"unit" | "gpu"} project */
async function vitest(project) {
  const file = `out/test/${project}.json`;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const code = await runPackage("vitest/vitest.mjs", ["run", "--project", project, "--allowOnly=false", ...reporters], limits());
  if (!existsSync(file)) return { passed: 0, failed: 1, note: `no result file, exit code ${code}` };
  const result = JSON.parse(readFileSync(file, "utf8"));
  // A file that fails before its first test has no failed test of its own; an error outside all tests has only the exit code.
  const brokenFiles = result.testResults.filter((/** @type {{status: string, assertionResults: unknown[]}} */ each) => {
    return each.status === "failed" && each.assertionResults.length === 0;
  }).length;
  return honest(code, result.numPassedTests, result.numFailedTests + brokenFiles, result.numPendingTests + result.numTodoTests);
}

async function buildBoth() {
  const page = await runChild(process.execPath, ["tools/build.mjs", "app"], limits());
  const headless = await runChild(process.execPath, ["tools/build.mjs", "cli"], limits());
  return page || headless;
}

/**
 * The server runs here, on a port nobody else has, and Playwright is told where.
 * @param {"interface" | "engine"} project
 */
async function playwright(project) {
  if (!existsSync("dist/app/index.html")) return { passed: 0, failed: 1, note: "dist/app is not built" };
  const file = "out/test/page.json";
  rmSync(file, { force: true });
  const server = await serve({ root: "dist/app", port: 0 });
  const code = await runPackage("@playwright/test/cli.js", ["test", "--forbid-only", "--project", project], {
    ...limits(),
    env: { VITRINE_URL: server.url },
  });
  await server.close();
  if (!existsSync(file)) return { passed: 0, failed: 1, note: `no result file, exit code ${code}` };
  const { stats } = JSON.parse(readFileSync(file, "utf8"));
  return honest(code, stats.expected, stats.unexpected + stats.flaky, stats.skipped);
}

/**
 * Skipped tests count as failed, and so does a runner that ends with an error although no test failed.
 * @param {number} code
 * @param {number} passed
 * @param {number} failedTests
 * @param {number} skipped
 * @returns {Counts}
 */
function honest(code, passed, failedTests, skipped) {
  const failed = failedTests + skipped;
  const note = skipped > 0 ? `${skipped} skipped, which counts as failed` : "";
  if (failed === 0 && (code !== 0 || passed === 0)) return { passed, failed: 1, note: `exit code ${code} with ${passed} passed` };
  return { passed, failed, note };
}

function limits() {
  return { timeoutMs: STEP_LIMIT_MS };
}
