/** Where a run was made: everything that a figure depends on and that can be asked for. Node only. */
import { readFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import type { BenchAdapter } from "./describe-adapter.ts";
import { readManifest } from "./models/prepared-files.ts";
import type { SpeedRow, SpeedRun } from "./report/schema.ts";
import type { BenchSettings } from "./settings.ts";
import { readStartLoad } from "./start-load.ts";

const TRANSFORMERS = "@huggingface/transformers";
const RUNTIME = "onnxruntime-web";

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
    loadAverage: readStartLoad(modelsFolder),
    adapter: adapter && { ...adapter, features: [...adapter.features] },
    packages: versionsOf(packages),
    options: { runs, batches: [...batches], timeLimitSeconds, recipe, threads },
    models: models.map((key) => {
      const { parameters, inputShape, weights, reference } = readManifest(modelsFolder, key);
      return { key, parameters, inputShape: [...inputShape], weights, reference };
    }),
    rows: [...rows],
  };
}

/** transformers.js runs on an onnxruntime-web of its own, which is listed beside it. `folder`: where packages are installed. */
export function versionsOf(packages: readonly string[], folder = "node_modules"): Record<string, string> {
  const known = packages.map((name) => [name, packageVersion(name, folder)] as const);
  // npm puts it beside the others where all want the same version; tools/bench-server.mjs looks for it in the same order.
  const nested = () => packageVersion(RUNTIME, join(folder, TRANSFORMERS, "node_modules")) ?? packageVersion(RUNTIME, folder);
  const own = known.some(([name, version]) => name === TRANSFORMERS && version !== null)
    ? [[`${RUNTIME} of ${TRANSFORMERS}`, nested()]]
    : [];
  return Object.fromEntries([...known, ...own].map(([name, version]) => [name, version ?? "not installed"]));
}

/** Null when it is not installed. */
export function packageVersion(name: string, folder = "node_modules"): string | null {
  try {
    const text = readFileSync(join(folder, name, "package.json"), "utf8");
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return null;
  }
}
