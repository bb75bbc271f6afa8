/** Reading what prepare-model.ts wrote. Apart from it, because Playwright's loader knows no shaders, which the engine imports. Node only. */
import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { MANIFEST_FILE, REFERENCE_FILE, type ModelManifest } from "./manifest.ts";

/** A scenario's name or the path of a model's folder. */
export interface ModelChoice {
  readonly scenario?: string;
  readonly folder?: string;
}

/** The name of the model's folder among the prepared ones. */
export function keyOf({ scenario, folder }: ModelChoice): string {
  return scenario ?? basename(resolve(folder ?? ""));
}

export function readManifest(root: string, key: string): ModelManifest {
  return JSON.parse(readFileSync(join(root, key, MANIFEST_FILE), "utf8")) as ModelManifest;
}

/** [images * classes] */
export function readReference(root: string, key: string): Float32Array {
  const bytes = readFileSync(join(root, key, REFERENCE_FILE));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
