/**
 * A static file server for the built page, on this machine only. It sends the headers that make the page cross-origin isolated
 * (exact timers, shared memory) and correct MIME types. `npm start`, Playwright and the benchmark all use it.
 * Usage: node tools/serve.mjs [--root dist/app] [--port 4173]
 */
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const HOST = "127.0.0.1";
/** @type {Record<string, string>} */
const MIME_TYPES = {
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".wgsl": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};
const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  // As a header, because a worker does not inherit the policy of the page's meta tag.
  "Content-Security-Policy": "connect-src 'self'",
};
/** The page itself may ask the Hub, which it does when somebody opens a model from there; its worker may not. */
const PAGE_POLICY = "connect-src 'self' https://huggingface.co https://*.huggingface.co https://*.hf.co";

/**
 * Serves `root`; port 0 takes any free port, and `searchPorts` tries the next ones when the wanted one is taken. `mounts` are further
 * folders by the path they appear under: "/models/".
 * @param {{root: string, port: number, searchPorts?: boolean, mounts?: Readonly<Record<string, string>>}} options
 * @returns {Promise<{url: string, port: number, close: () => Promise<void>}>}
 */
export async function serve({ root, port, searchPorts = false, mounts = {} }) {
  const folders = [...Object.entries(mounts), ["/", root]].map(([prefix = "/", path = ""]) => ({ prefix, folder: resolve(path) }));
  const server = createServer((request, response) => answer(folders, request, response));
  const lastPort = searchPorts ? port + 20 : port;
  for (let wanted = port; ; wanted++) {
    const error = await listen(server, wanted);
    if (error === null) break;
    if (error.code !== "EADDRINUSE" || wanted >= lastPort) throw error;
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("internal: the server has no port");
  const close = () =>
    new Promise((/** @type {(value: void) => void} */ done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { url: `http://${HOST}:${address.port}/`, port: address.port, close };
}

/**
 * @param {import("node:http").Server} server
 * @param {number} port
 * @returns {Promise<NodeJS.ErrnoException | null>}
 */
function listen(server, port) {
  return new Promise((done) => {
    const onError = (/** @type {NodeJS.ErrnoException} */ error) => done(error);
    server.once("error", onError);
    server.listen(port, HOST, () => {
      server.off("error", onError);
      done(null);
    });
  });
}

/** @typedef {readonly {prefix: string, folder: string}[]} Folders the first whose prefix fits serves */

/**
 * @param {Folders} folders
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
function answer(folders, request, response) {
  const file = fileOf(folders, request.url ?? "/");
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405);
  const stats = file === null ? undefined : statSync(file, { throwIfNoEntry: false });
  if (file === null || stats === undefined || !stats.isFile()) return refuse(response, 404);
  response.writeHead(200, {
    ...HEADERS,
    ...(file.endsWith(".html") ? { "Content-Security-Policy": PAGE_POLICY } : {}),
    "Content-Type": MIME_TYPES[extname(file).toLowerCase()] ?? "application/octet-stream",
    "Content-Length": stats.size,
    // Vite puts a content hash into every name below assets/; all else may change with the next build.
    "Cache-Control": file.includes(`${sep}assets${sep}`) ? "public, max-age=31536000, immutable" : "no-cache",
  });
  if (request.method === "HEAD") return response.end();
  const stream = createReadStream(file);
  stream.on("error", () => response.destroy());
  return stream.pipe(response);
}

/**
 * The file behind a URL, or null when it would lie outside its folder.
 * @param {Folders} folders
 * @param {string} url
 */
function fileOf(folders, url) {
  try {
    const whole = decodeURIComponent(new URL(url, `http://${HOST}`).pathname);
    const found = folders.find(({ prefix }) => whole.startsWith(prefix));
    if (found === undefined) return null;
    const { folder, prefix } = found;
    const path = whole.slice(prefix.length - 1);
    const file = normalize(join(folder, path.endsWith("/") ? `${path}index.html` : path));
    return file.startsWith(folder + sep) && !file.includes("\0") ? file : null;
  } catch {
    return null; // malformed percent escapes
  }
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {number} status
 */
function refuse(response, status) {
  response.writeHead(status, { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" });
  return response.end(`${status}\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: { root: { type: "string", default: "dist/app" }, port: { type: "string", default: "4173" } },
  });
  const server = await serve({ root: values.root, port: Number(values.port) });
  process.stdout.write(`${values.root} on ${server.url}\n`);
}
