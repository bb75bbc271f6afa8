/** The files of a model's folder, in whatever form the engine opens, and which of them opening it takes. Node only. */
import { existsSync, openAsBlob, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fromBlob, type ByteSource } from "../../formats/byte-source.ts";
import { InputError } from "../../tensor/input-error.ts";

export interface ModelFolder {
  readonly sources: readonly ByteSource[];
  /** Names of the files of which anything was read so far. */
  taken(): string[];
}

/** Throws InputError FILE_NOT_FOUND, or BENCH_MODEL for a path that is no folder. */
export async function readFolder(path: string): Promise<ModelFolder> {
  if (!existsSync(path)) {
    throw new InputError("FILE_NOT_FOUND", {
      what: `"${path}" does not exist.`,
      why: "There is nothing to read.",
      next: "Check the path.",
    });
  }
  if (!statSync(path).isDirectory()) {
    throw new InputError("BENCH_MODEL", {
      what: `"${path}" is a file.`,
      why: "A model is benchmarked from its folder: the weights, with config.json beside them where there is one.",
      next: "Put the model's files into a folder of their own and name that.",
    });
  }
  // Links count by what they point to: a model hub's cache is a folder of links.
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  const names = new Set<string>();
  const sources = files.sort().map(async (file) => {
    const source = fromBlob(await openAsBlob(file), relative(path, file).split(sep).join("/"));
    return noting(source, () => names.add(source.name));
  });
  return { sources: await Promise.all(sources), taken: () => [...names].sort() };
}

function noting(source: ByteSource, note: () => void): ByteSource {
  return {
    name: source.name,
    byteLength: source.byteLength,
    slice(start, end) {
      note();
      return source.slice(start, end);
    },
  };
}
