/**
 * Compiles assembly/*.ts (AssemblyScript) to WebAssembly. `assemblyPlugin()` hands the module to the program as base64: the page, its worker,
 * the headless entry and the tests all import "virtual:assembly", and none has to fetch a file. The result is kept in dist/assembly by the
 * contents of its sources.
 * Usage: node tools/assembly.mjs (prints the file)
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = join(ROOT, "assembly");
const MODULE = "virtual:assembly";
const RESOLVED = `\0${MODULE}`;
const BUILT = join(ROOT, "dist/assembly");
// 112: exported functions with vectors among their parameters; those are only called by other sources, index.ts exports none.
const OPTIONS = "-O3 --runtime stub --importMemory --maximumMemory 65536 --enable simd --disableWarning 112".split(" ");

/** @returns {import("vite").Plugin} */
export function assemblyPlugin() {
  return {
    name: "vitrine:assembly",
    resolveId: (id) => (id === MODULE ? RESOLVED : null),
    async load(id) {
      if (id !== RESOLVED) return null;
      for (const name of sourceFiles()) this.addWatchFile(join(SOURCES, name));
      const bytes = readFileSync(await compileAssembly());
      return `export default ${JSON.stringify(bytes.toString("base64"))};`;
    },
  };
}

/** @returns {Promise<string>} path of the .wasm file */
export async function compileAssembly() {
  const file = join(BUILT, `${fingerprint()}.wasm`);
  if (existsSync(file)) return file;
  const { main } = await import("assemblyscript/asc");
  /** @type {Map<string, string | Uint8Array>} */
  const written = new Map();
  let messages = "";
  const { error } = await main(["index.ts", ...OPTIONS, "--baseDir", SOURCES, "--outFile", "kernels.wasm"], {
    writeFile: (name, contents) => void written.set(name, contents),
    stderr: { write: (chunk) => void (messages += String(chunk)) },
  });
  const binary = written.get("kernels.wasm");
  if (error || messages !== "" || typeof binary !== "object") throw new Error(`assembly/ does not compile:\n${messages || String(error)}`);
  mkdirSync(BUILT, { recursive: true });
  // Two processes may compile at once; a reader must never see half a file.
  const building = `${file}.${process.pid}`;
  writeFileSync(building, binary);
  renameSync(building, file);
  return file;
}

function fingerprint() {
  const hash = createHash("sha256").update(OPTIONS.join(" "));
  hash.update(readFileSync(join(ROOT, "node_modules/assemblyscript/package.json")));
  for (const name of sourceFiles()) hash.update(`\n${name}\n`).update(readFileSync(join(SOURCES, name)));
  return hash.digest("hex").slice(0, 16);
}

function sourceFiles() {
  return readdirSync(SOURCES)
    .filter((name) => name.endsWith(".ts"))
    .sort();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  process.stdout.write(`${await compileAssembly()}\n`);
}
