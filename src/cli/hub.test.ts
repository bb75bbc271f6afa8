/** Against a server on this computer that answers as the Hub does. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { hubFolder } from "./hub-folder.ts";
import { expectCode } from "../testing/expect-code.ts";
import type { Progress } from "../tensor/progress.ts";
import { downloadFiles } from "../formats/hub/download.ts";
import { listRepository, modelFilesOf, parseRepository, type HubFile } from "../formats/hub/repository.ts";

const weights = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) % 251);
const contents: Readonly<Record<string, Uint8Array>> = {
  "config.json": new TextEncoder().encode("{}"),
  "model.safetensors": weights,
  "model.fp16.safetensors": weights.subarray(0, 10),
  "pytorch_model.bin": weights.subarray(0, 20),
  "onnx/model.onnx": weights.subarray(0, 30),
  "README.md": weights.subarray(0, 5),
};
const served = { ranges: [] as (string | undefined)[], ignoresRanges: false, listedBytes: 0 };

function answer(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("Connection", "close");
  const url = decodeURIComponent(request.url ?? "");
  if (url.startsWith("/api/models/someone/vit/tree/main")) {
    const entries = Object.entries(contents).map(([path, bytes]) => ({ type: "file", path, size: bytes.length, oid: `oid of ${path}` }));
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(entries));
    return;
  }
  const path = /^\/someone\/vit\/resolve\/main\/(.*)$/.exec(url)?.[1];
  const bytes = path === undefined ? undefined : contents[path];
  if (!bytes) {
    response.writeHead(url.includes("gated") ? 401 : 404, { "Content-Type": "application/json" }).end('{"error":"Repository not found"}');
    return;
  }
  const { range } = request.headers;
  served.ranges.push(range);
  const from = served.ignoresRanges ? 0 : Number(/bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200, { "Content-Length": bytes.length - from });
  response.end(bytes.subarray(from));
}

/** A connection that breaks when that many bytes of a file have come. */
const breakingAt =
  (limit: number): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, init);
    let come = 0;
    const cut = new TransformStream<Uint8Array, Uint8Array>({
      transform(part, out) {
        out.enqueue(part.subarray(0, limit - come));
        come += part.length;
        if (come >= limit) out.error(new TypeError("terminated"));
      },
    });
    return new Response(response.body?.pipeThrough(cut), response);
  };

const server = createServer(answer);
let endpoint = "";
let folder = "";
const repository = parseRepository("someone/vit");

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  if (folder !== "") rmSync(folder, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), "hub-"));
  Object.assign(served, { ranges: [], ignoresRanges: false });
});

test("names of repositories", async () => {
  expect(parseRepository(" google/vit-base ")).toEqual({ name: "google/vit-base", revision: "main" });
  expect(parseRepository("a/b@v1.0")).toEqual({ name: "a/b", revision: "v1.0" });
  expect(parseRepository("https://example.org/a/b/tree/refs/pr/1")).toEqual({ name: "a/b", revision: "refs/pr/1" });
  for (const text of ["vit", "a/b/c", "../etc", "a/..", ""]) await expectCode("HUB_REPOSITORY", () => parseRepository(text));
});

test("files are listed with sizes, and the ones that make a model are chosen", async () => {
  const files = await listRepository(repository, { endpoint });
  expect(files.map(({ path, sizeBytes }) => [path, sizeBytes])).toContainEqual(["model.safetensors", 200_000]);
  expect(modelFilesOf(files).map(({ path }) => path)).toEqual(["model.safetensors", "config.json"]);
  const without = (pattern: RegExp) => modelFilesOf(files.filter(({ path }) => !pattern.test(path))).map(({ path }) => path);
  expect(without(/safetensors/)).toEqual(["pytorch_model.bin", "config.json"]);
  expect(without(/safetensors|bin/)).toEqual(["onnx/model.onnx", "config.json"]);
});

const chosen = async () => modelFilesOf(await listRepository(repository, { endpoint }));
const held = () => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

test("a download that broke goes on where it ended, and what is there is not asked for again", async () => {
  const files = await chosen();
  const broken = { endpoint, fetch: breakingAt(120_000) };
  await expectCode("HUB_UNREACHABLE", () => downloadFiles(repository, files, hubFolder(folder), broken));
  expect(held()).toEqual(["model.safetensors.oid of model.part"]);
  const progress: Progress[] = [];
  await downloadFiles(repository, files, hubFolder(folder), { endpoint }, { onProgress: (each) => progress.push(each) });
  // What had come when the connection broke, whole pieces of the stream, is not sent again.
  expect(served.ranges.map((range) => range?.replace(/\d+/, "N"))).toEqual([undefined, "bytes=N-", undefined]);
  expect(readFileSync(join(folder, "model.safetensors")).equals(weights)).toBe(true);
  expect(held()).toEqual(["config.json", "model.safetensors"]);
  expect(progress[0].done).toBeGreaterThan(Number(/\d+/.exec(served.ranges[1] ?? "")?.[0]));
  expect(progress.at(-1)).toMatchObject({ done: 200_002, total: 200_002 });
  served.ranges.length = 0;
  await downloadFiles(repository, files, hubFolder(folder), { endpoint });
  expect(served.ranges).toEqual([]);
});

test("a server without ranges sends everything again", async () => {
  const files = await chosen();
  served.ignoresRanges = true;
  const broken = { endpoint, fetch: breakingAt(120_000) };
  await expectCode("HUB_UNREACHABLE", () => downloadFiles(repository, files, hubFolder(folder), broken));
  await downloadFiles(repository, files, hubFolder(folder), { endpoint });
  expect(readFileSync(join(folder, "model.safetensors")).equals(weights)).toBe(true);
});

test("refusals", async () => {
  await expectCode("HUB_NOT_FOUND", () => listRepository(parseRepository("gated/vit"), { endpoint }));
  await expectCode("HUB_UNREACHABLE", () => listRepository(repository, { endpoint: "http://127.0.0.1:1" }));
  const [file] = await chosen();
  const wrong: HubFile = { ...file, sizeBytes: 100 };
  await expectCode("HUB_CHANGED", () => downloadFiles(repository, [wrong], hubFolder(folder), { endpoint }));
  const missing: HubFile = { ...file, path: "other.safetensors" };
  await expectCode("HUB_NOT_FOUND", () => downloadFiles(repository, [missing], hubFolder(folder), { endpoint }));
});

test("cancelling", async () => {
  const [file] = await chosen();
  const stop = new AbortController();
  const stopped = downloadFiles(
    repository,
    [file],
    hubFolder(folder),
    { endpoint },
    { signal: stop.signal, onProgress: () => stop.abort() },
  );
  await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
});
