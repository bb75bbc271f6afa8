/**
 * The machine's load before this run makes any of its own. `prepare` is the first process of a run and writes it down; whoever measures comes later and
 * reads it. Node only.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";

const FILE = "start-load.json";

/** Windows has no such figure, and Node says 0 there. */
const loadNow = (): number | null => (process.platform === "win32" ? null : loadavg()[0]);

/** `modelsFolder`: that of the run's prepared models. */
export function noteStartLoad(modelsFolder: string, load = loadNow()): void {
  mkdirSync(modelsFolder, { recursive: true });
  writeFileSync(join(modelsFolder, FILE), JSON.stringify(load));
}

/** Of the minute before the run; null where it is not known. */
export function readStartLoad(modelsFolder: string): number | null {
  const path = join(modelsFolder, FILE);
  const load: unknown = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
  return typeof load === "number" ? load : null;
}
