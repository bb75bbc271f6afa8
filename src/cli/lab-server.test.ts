import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fromBytes } from "../formats/byte-source.ts";
import { InputError } from "../tensor/input-error.ts";
import { startLabServer, type LabServer } from "./lab-server.ts";

/** Larger than one piece of a streamed answer. */
const BIG_BYTES = 9 * 2 ** 20 + 5;
const big = Uint8Array.from({ length: BIG_BYTES }, (_, i) => (i * 31 + (i >> 13)) & 255);

let folder = "";
let server: LabServer;
let written: Map<string, Uint8Array>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitrine-server-"));
  await writeFile(join(folder, "index.html"), "<p>page</p>");
  written = new Map();
  server = await startLabServer({
    pageFolder: folder,
    readable: new Set(["model", "gone"]),
    writable: new Set(["out.bin"]),
    files: {
      open: (path, withModelFiles) => {
        if (path === "gone") return Promise.reject(new InputError("FILE_NOT_FOUND", { what: "gone", why: "why", next: "next" }));
        const config = fromBytes(new TextEncoder().encode("{}"), "config.json");
        return Promise.resolve([fromBytes(big, "model.safetensors"), ...(withModelFiles ? [config] : [])]);
      },
      write: (path, bytes) => {
        written.set(path, bytes);
        return Promise.resolve();
      },
    },
  });
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const files = (query: string, init?: RequestInit) => fetch(new URL(`${server.filesUrl}?${query}`, server.pageUrl), init);

test("lists a path's files, with what belongs to the model when asked", async () => {
  const list = { name: "model.safetensors", byteLength: BIG_BYTES };
  expect(await (await files("path=model")).json()).toEqual([list]);
  expect(await (await files("path=model&model")).json()).toEqual([list, { name: "config.json", byteLength: 2 }]);
});

test.each([
  [0, 1],
  [7, 4 * 2 ** 20 + 7],
  [3, BIG_BYTES],
])("reads the bytes from %i to %i, in pieces", async (start, end) => {
  const response = await files("path=model&file=0", { headers: { Range: `bytes=${start}-${end - 1}` } });
  expect(response.status).toBe(206);
  expect(Buffer.from(await response.arrayBuffer()).equals(big.subarray(start, end))).toBe(true);
});

test("writes only what may be written, and reads only what may be read", async () => {
  expect((await files("path=out.bin", { method: "POST", body: Uint8Array.of(1, 2, 3) })).status).toBe(200);
  expect((await files("path=model", { method: "POST", body: "x" })).status).toBe(403);
  expect((await files("path=other.bin", { method: "POST", body: "x" })).status).toBe(403);
  expect((await files("path=out.bin")).status).toBe(403);
  expect((await files(`path=${encodeURIComponent("/etc/passwd")}`)).status).toBe(403);
  expect([...written]).toEqual([["out.bin", Uint8Array.of(1, 2, 3)]]);
});

test("an InputError of the files arrives with its parts", async () => {
  const response = await files("path=gone");
  expect(response.status).toBe(422);
  expect(await response.json()).toEqual({ code: "FILE_NOT_FOUND", what: "gone", why: "why", next: "next" });
});

test("files cannot be reached without knowing the random part of the address", async () => {
  const other = server.filesUrl.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
  expect((await fetch(new URL(`${other}?path=model`, server.pageUrl))).status).toBe(404);
  expect(server.filesUrl).toMatch(/\/[0-9a-f]{32}$/);
});

test("serves the page cross-origin isolated, and nothing outside its folder", async () => {
  const page = await fetch(`${server.pageUrl}?automation=engine`);
  expect(await page.text()).toBe("<p>page</p>");
  expect(page.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
  expect(page.headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
  expect(page.headers.get("Cross-Origin-Embedder-Policy")).toBe("require-corp");
  await writeFile(`${folder}-secret`, "secret");
  expect(await statusOf(`/..%2f${folder.split("/").at(-1)}-secret`)).toBe(404);
  for (const path of ["/%", "//", "/missing.js"]) expect(await statusOf(path), path).toBe(404);
  await rm(`${folder}-secret`);
});

/** Without fetch, which tidies paths up. */
function statusOf(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(server.pageUrl, { path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject);
    sent.end();
  });
}
