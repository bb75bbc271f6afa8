/**
 * Reference data that lies beside some checkouts (`../shared`): checkpoints, official results. Never part of the project.
 * Where the folder is absent, a test says so and runs everything else; where it is there but unreadable, reading throws and the test fails.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromBytes, type ByteSource } from "../formats/byte-source.ts";

const folder = fileURLToPath(new URL("../../../shared/", import.meta.url));

/** False, with a line on the console, where the folder is absent. */
export function hasShared(what: string): boolean {
  if (existsSync(folder)) return true;
  console.info(`../shared is absent: not checked here: ${what}`);
  return false;
}

export function sharedBytes(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(folder + path));
}

/** A file by its path inside the folder, under its own name or `name`. */
export function sharedSource(path: string, name = path): ByteSource {
  return fromBytes(sharedBytes(path), name);
}
