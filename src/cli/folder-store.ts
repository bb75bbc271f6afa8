import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { TextStore } from "../runner/tune/tune-store.ts";

/** Where this user's programs keep what can be made again: $XDG_CACHE_HOME, or .cache at home. */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "vitrine");
}

/** A file for each text. A folder that cannot be written keeps nothing, and nothing fails. */
export function folderStore(folder: string): TextStore {
  const fileOf = (key: string) => join(folder, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`);
  return {
    load: (key) => readFile(fileOf(key), "utf8").catch(() => null),
    async save(key, text) {
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(fileOf(key), text);
      } catch {
        // a home without room or permission: it is measured again the next time
      }
    },
    clear: () => rm(folder, { recursive: true, force: true }).catch(() => undefined),
  };
}
