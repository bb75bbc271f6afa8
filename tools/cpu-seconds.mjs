/**
 * CPU time of processes, from Linux's /proc: on a software adapter it says what a forward pass costs, whatever else the machine does
 * meanwhile. Resolution is one clock tick (10 ms). Elsewhere than on Linux there is no such figure, and the answer is null.
 * `node tools/cpu-seconds.mjs` checks the reading against a process that burns a known amount.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const BURN_SECONDS = 0.5;
const TOLERANCE_SECONDS = 0.1;

/** @type {number | null} */
let ticksPerSecond = null;

/**
 * User plus system time a process has used so far, all its threads, dead ones too.
 * @param {number} pid
 * @returns {number | null} null without /proc
 */
export function cpuSeconds(pid) {
  if (!existsSync("/proc/self/stat")) return null;
  if (ticksPerSecond === null) ticksPerSecond = Number(spawnSync("getconf", ["CLK_TCK"], { encoding: "utf8" }).stdout) || 100;
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/**
 * What some work costs the given process; `process.pid` is fine.
 * @template T
 * @param {number} pid
 * @param {() => Promise<T>} work
 * @returns {Promise<{result: T, seconds: number | null, elapsedMs: number}>}
 */
export async function measureCpuSeconds(pid, work) {
  const before = cpuSeconds(pid);
  const startMs = performance.now();
  const result = await work();
  const elapsedMs = performance.now() - startMs;
  const after = cpuSeconds(pid);
  return { result, seconds: before === null || after === null ? null : after - before, elapsedMs };
}

/**
 * The first process below `root` whose command line has `word` as an argument: "--type=gpu-process" is Chromium's GPU process.
 * @param {number} root
 * @param {string} word
 * @returns {number | null}
 */
export function findDescendant(root, word) {
  if (!existsSync("/proc/self/stat")) return null;
  const parents = new Map(listProcesses().map((pid) => [pid, parentOf(pid)]));
  for (const pid of parents.keys()) if (isBelow(pid, root, parents) && argumentsOf(pid).includes(word)) return pid;
  return null;
}

/** Measures a process that burns a known time; throws when the reading is off. */
export async function selfCheck() {
  if (!existsSync("/proc/self/stat")) return;
  const burn = `const us = () => { const { user, system } = process.cpuUsage(); return user + system; };
    process.stdin.once("data", () => { const start = us(); while (us() - start < ${BURN_SECONDS * 1e6}); process.stdout.write("done"); });
    process.stdout.write("ready");`;
  const child = spawn(process.execPath, ["-e", burn], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    await once(child.stdout, "data");
    if (child.pid === undefined) throw new Error("internal: the process to measure did not start");
    const { seconds } = await measureCpuSeconds(child.pid, () => {
      child.stdin.write("go");
      return once(child.stdout, "data");
    });
    if (seconds === null || Math.abs(seconds - BURN_SECONDS) > TOLERANCE_SECONDS) {
      throw new Error(`internal: a process that used ${BURN_SECONDS} CPU-seconds was measured as ${seconds}`);
    }
  } finally {
    child.kill();
  }
}

/**
 * The fields of /proc/pid/stat after the command's name, which may hold spaces and brackets.
 * @param {number} pid
 */
function statFields(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function listProcesses() {
  return readdirSync("/proc").map(Number).filter(Number.isInteger);
}

/** @param {number} pid */
function parentOf(pid) {
  try {
    return Number(statFields(pid)[1]);
  } catch {
    return 0; // it ended between the listing and the look
  }
}

/**
 * @param {number} pid
 * @param {number} root
 * @param {Map<number, number>} parents
 */
function isBelow(pid, root, parents) {
  for (let at = parents.get(pid) ?? 0; at > 0; at = parents.get(at) ?? 0) if (at === root) return true;
  return false;
}

/** @param {number} pid */
function argumentsOf(pid) {
  try {
    // Chromium's children rewrite their command line with spaces between the words.
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split(/[\0 ]/);
  } catch {
    return [];
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await selfCheck();
  process.stdout.write(`cpu-seconds: a burn of ${BURN_SECONDS} s was measured within ${TOLERANCE_SECONDS} s\n`);
}
