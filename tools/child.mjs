/** Child processes of the tools: run to the end, exit code as a value, interrupts passed on. */
import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{env?: Record<string, string | undefined>, cwd?: string, stdout?: "inherit" | "stderr", timeoutMs?: number}} [options]
 * @returns {Promise<number>} the exit code; 128 + signal number when a signal ended it
 */
export function runChild(command, args, options = {}) {
  const child = spawn(command, args, {
    stdio: ["inherit", options.stdout === "stderr" ? 2 : "inherit", "inherit"],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  });
  const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  process.on("SIGINT", pass);
  process.on("SIGTERM", pass);
  return new Promise((resolvePromise, reject) => {
    const done = () => {
      process.off("SIGINT", pass);
      process.off("SIGTERM", pass);
    };
    child.on("error", (error) => {
      done();
      reject(error);
    });
    child.on("exit", (code, signal) => {
      done();
      resolvePromise(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/**
 * A package's command, by file: no shell, no .cmd, no PATH.
 * @param {string} file below node_modules
 * @param {readonly string[]} args
 * @param {Parameters<typeof runChild>[2]} [options]
 */
export function runPackage(file, args, options) {
  return runChild(process.execPath, [`node_modules/${file}`, ...args], options);
}
