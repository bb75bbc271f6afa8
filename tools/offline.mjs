/**
 * A Vite plugin that adds sw.js to the built page: it keeps every built file, so that the page opens without a network after the first visit.
 * Files with a content hash in their name come from the cache, all else from the network as long as there is one.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** @returns {import("vite").Plugin} */
export function offlinePlugin() {
  let publicFolder = "";
  return {
    name: "vitrine:offline",
    apply: "build",
    enforce: "post",
    configResolved(config) {
      publicFolder = config.publicDir;
    },
    generateBundle(_options, bundle) {
      const hash = createHash("sha256");
      const built = Object.values(bundle).filter(({ fileName }) => !fileName.endsWith(".map"));
      for (const file of built) hash.update(file.fileName).update(file.type === "chunk" ? file.code : file.source);
      const given = walk(publicFolder);
      for (const file of given) hash.update(file).update(readFileSync(join(publicFolder, file)));
      const files = ["./", ...built.map(({ fileName }) => fileName), ...given].filter((file) => file !== "index.html").sort();
      this.emitFile({ type: "asset", fileName: "sw.js", source: serviceWorker(hash.digest("hex").slice(0, 16), files) });
    },
  };
}

/**
 * @param {string} version
 * @param {readonly string[]} files
 */
function serviceWorker(version, files) {
  return `"use strict";
const CACHE = "vitrine-${version}";
const FILES = ${JSON.stringify(files)};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name.startsWith("vitrine-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  event.respondWith(url.pathname.includes("/assets/") ? cacheFirst(request) : networkFirst(request));
});

async function cacheFirst(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function networkFirst(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request.mode === "navigate" ? "./" : request, { ignoreSearch: true });
    if (kept !== undefined) return kept;
    throw error;
  }
}
`;
}

/** @param {string} folder */
function walk(folder) {
  if (folder === "" || !existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
}
