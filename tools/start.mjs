/**
 * `npm start`: installs what is missing, builds the page when its sources changed, serves it on this machine and opens it.
 * Options: --port N (otherwise 4173, or the next free one), --no-open.
 */
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { ensureBuilt } from "./build.mjs";
import { ensure } from "./ensure.mjs";
import { serve } from "./serve.mjs";

const DEFAULT_PORT = 4173;

const options = readOptions();
ensure();
if ((await ensureBuilt("app")) !== 0) fail("the build failed; the lines above say why.");
const server = await startServer();
process.stdout.write(`Vitrine is at ${server.url} (Ctrl+C ends it)\n`);
if (options.open) openBrowser(server.url);

function readOptions() {
  try {
    const { values } = parseArgs({ options: { port: { type: "string" }, "no-open": { type: "boolean", default: false } } });
    const port = values.port === undefined ? null : Number(values.port);
    if (port !== null && !(Number.isInteger(port) && port >= 0 && port < 65536)) fail(`--port takes a number, got "${values.port}".`);
    return { port, open: !values["no-open"] };
  } catch (error) {
    return fail(`${messageOf(error)}\nUsage: npm start -- [--port N] [--no-open]`);
  }
}

async function startServer() {
  try {
    return await serve({ root: "dist/app", port: options.port ?? DEFAULT_PORT, searchPorts: options.port === null });
  } catch (error) {
    return fail(`port ${options.port ?? DEFAULT_PORT} cannot be used (${messageOf(error)}).`);
  }
}

/**
 * A machine without a desktop has nothing to open; the printed address is enough there.
 * @param {string} url
 */
function openBrowser(url) {
  const [command, ...args] =
    process.platform === "darwin" ? ["open", url] : process.platform === "win32" ? ["cmd", "/c", "start", "", url] : ["xdg-open", url];
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  const child = spawn(command, args, { stdio: "ignore", detached: true });
  child.on("error", () => process.stdout.write("Open that address in Chrome, Edge, Safari or Firefox with WebGPU.\n"));
  child.unref();
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  process.stderr.write(`vitrine: ${message}\n`);
  process.exit(1);
}
