/** Where a run was made: everything that a figure depends on and that can be asked for. Node only. */
import { readFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { join } from "node:path";
import type { BenchAdapter } from "./describe-adapter.ts";
import { readManifest } from "./models/prepared-files.ts";
import type { SpeedRow, SpeedRun } from "./report/schema.ts";
import type { BenchSettings } from "./settings.ts";

/** The run's description around the rows of some models. */
export function describeRun(
  settings: BenchSettings,
  runtime: string,
  adapter: BenchAdapter | null,
  packages: readonly string[],
  models: readonly string[],
  rows: readonly SpeedRow[],
): SpeedRun {
  const { runs, batches, timeLimitSeconds, recipe, threads, place, runId, startedAt, commit, headed, modelsFolder } = settings;
  const [load] = loadavg();
  return {
    id: runId,
    startedAt,
    place,
    commit,
    runtime,
    headless: !headed,
    node: process.version,
    system: `${process.platform} ${release()} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    loadAverage: process.platform === "win32" ? null : load,
    adapter: adapter && { ...adapter, features: [...adapter.features] },
    packages: Object.fromEntries(packages.flatMap((name) => [[name, packageVersion(name) ?? "not installed"]])),
    options: { runs, batches: [...batches], timeLimitSeconds, recipe, threads },
    models: models.map((key) => {
      const { parameters, inputShape, weights, reference } = readManifest(modelsFolder, key);
      return { key, parameters, inputShape: [...inputShape], weights, reference };
    }),
    rows: [...rows],
  };
}

/** Null when it is not installed. */
export function packageVersion(name: string): string | null {
  try {
    const text = readFileSync(join("node_modules", name, "package.json"), "utf8");
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return null;
  }
}
