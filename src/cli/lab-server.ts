/**
 * What a page needs that runs a command: the built page, cross-origin isolated, and the files that the command line names. On this
 * machine only; files are reached below a random path, and no other file can be read or written.
 */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { InputError } from "../tensor/input-error.ts";
import type { ByteSource } from "../formats/byte-source.ts";
import type { Host } from "./host.ts";
import { failure } from "./outcome.ts";

export interface LabServerOptions {
  /** The folder of the built page. */
  readonly pageFolder: string;
  /** Paths as written on the command line. */
  readonly readable: ReadonlySet<string>;
  readonly writable: ReadonlySet<string>;
  readonly files: Pick<Host, "open" | "write">;
}

export interface LabServer {
  readonly pageUrl: string;
  /** Where the files lie: GET lists (`?path=`, with `&model` the files beside it too) or reads (`&file=index`), POST writes. */
  readonly filesUrl: string;
  close(): Promise<void>;
}

const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
};
const MIME_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};
/** A read is sent in pieces of this size, so that a large tensor is not held twice. */
const PIECE_BYTES = 4 * 2 ** 20;

export async function startLabServer(options: LabServerOptions): Promise<LabServer> {
  const filesUrl = `/lab-files/${randomBytes(16).toString("hex")}`;
  const opened = new Map<string, Promise<readonly ByteSource[]>>();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = parseUrl(request.url);
    if (url === null) return Promise.resolve(send(response, 404, "not found"));
    if (url.pathname === filesUrl) return serveFile(options, opened, url, request, response);
    return servePage(options, url.pathname, request, response);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => sendFailure(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("internal: the server has no port");
  return {
    pageUrl: `http://127.0.0.1:${address.port}/`,
    filesUrl,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serveFile(
  { readable, writable, files }: LabServerOptions,
  opened: Map<string, Promise<readonly ByteSource[]>>,
  url: { readonly searchParams: URLSearchParams },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = url.searchParams.get("path") ?? "";
  if (request.method === "POST") {
    if (!writable.has(path)) return send(response, 403, "not named for writing");
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    await files.write(path, new Uint8Array(Buffer.concat(pieces)));
    return send(response, 200, "written");
  }
  if (!readable.has(path)) return send(response, 403, "not named for reading");
  const withModelFiles = url.searchParams.has("model");
  const key = `${withModelFiles} ${path}`;
  let found = opened.get(key);
  if (!found) opened.set(key, (found = files.open(path, withModelFiles)));
  const sources = await found;
  const index = url.searchParams.get("file");
  if (index === null) {
    return send(response, 200, JSON.stringify(sources.map(({ name, byteLength }) => ({ name, byteLength }))), "application/json");
  }
  const source = sources[Number(index)];
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  if (source === undefined || range === null) return send(response, 400, "no such file or range");
  return sendRange(source, Number(range[1]), Number(range[2]) + 1, response);
}

/** The first piece is read before the head is sent, so that a file that cannot be read still gets a proper answer. */
async function sendRange(source: ByteSource, start: number, end: number, response: ServerResponse): Promise<void> {
  const pieceAt = (from: number) => source.slice(from, Math.min(end, from + PIECE_BYTES));
  const first = await pieceAt(start);
  response.writeHead(206, {
    ...HEADERS,
    "Content-Type": "application/octet-stream",
    "Content-Length": end - start,
    "Content-Range": `bytes ${start}-${end - 1}/${source.byteLength}`,
  });
  async function* pieces() {
    yield first;
    for (let from = start + PIECE_BYTES; from < end; from += PIECE_BYTES) yield await pieceAt(from);
  }
  await pipeline(Readable.from(pieces(), { objectMode: false }), response);
}

async function servePage(
  { pageFolder }: LabServerOptions,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = normalize(join(pageFolder, path.endsWith("/") ? `${path}index.html` : path));
  const isInside = file.startsWith(pageFolder + sep) && !file.includes("\0");
  const bytes = request.method === "GET" && isInside ? await readFile(file).catch(() => null) : null;
  if (bytes === null) return send(response, 404, "not found");
  return send(response, 200, bytes, MIME_TYPES[extname(file)] ?? "application/octet-stream");
}

/** Path, decoded, and query; null for addresses that are none. */
function parseUrl(text: string | undefined): { readonly pathname: string; readonly searchParams: URLSearchParams } | null {
  try {
    const { pathname, searchParams } = new URL(text ?? "/", "http://localhost");
    return { pathname: decodeURIComponent(pathname), searchParams };
  } catch {
    return null;
  }
}

function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof InputError) {
    const { code, what, why, next } = error;
    send(response, 422, JSON.stringify({ code, what, why, next }), "application/json");
    return;
  }
  const found = failure(error);
  send(response, 500, found.kind === "failed" ? found.message : "failed");
}

function send(response: ServerResponse, status: number, body: string | Uint8Array, type = "text/plain; charset=utf-8"): void {
  response.writeHead(status, { ...HEADERS, "Content-Type": type });
  response.end(body);
}
