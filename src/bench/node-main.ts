/**
 * The parts of `npm run bench` that run in Node, each in a process of its own: `prepare` writes the models' files, `node` measures on Dawn,
 * `finish` puts the parts together, `schema` prints the JSON Schema of a report.
 */
import { InputError } from "../tensor/input-error.ts";
import { chooseContenders } from "./contender-list.ts";
import { describeAdapter } from "./describe-adapter.ts";
import { describeRun } from "./environment.ts";
import { finish, writePart } from "./finish.ts";
import { prepareModel } from "./models/prepare-model.ts";
import { keyOf, readManifest, readReference } from "./models/prepared-files.ts";
import { createNodeDriver } from "./node-driver.ts";
import { jsonSchema } from "./report/schema.ts";
import { runModel } from "./run-model.ts";
import { readSettings, type BenchSettings } from "./settings.ts";
import { noteStartLoad } from "./start-load.ts";

const say = (text: string) => void process.stderr.write(`bench: ${text}\n`);

async function main(): Promise<number> {
  const command = process.argv[2];
  if (command === "schema") {
    process.stdout.write(`${JSON.stringify(jsonSchema(), null, 1)}\n`);
    return 0;
  }
  const settings = readSettings();
  if (command === "prepare") return prepare(settings);
  if (command === "node") return measure(settings);
  return finish(settings);
}

async function prepare(settings: BenchSettings): Promise<number> {
  const { models, contenders, place, recipe, batches, modelsFolder: root } = settings;
  noteStartLoad(root);
  const chosen = chooseContenders(contenders, place);
  const keys = models.map(keyOf);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) {
    throw new InputError("BENCH_MODEL", {
      what: `Two models are named "${twice}".`,
      why: "The report tells models apart by the names of their folders.",
      next: "Rename one of the folders.",
    });
  }
  const ours = new Set(chosen.flatMap((each) => each.ours ?? []));
  // The float file is what the reference is computed from, too.
  const onnx = new Set(["float" as const, ...chosen.flatMap((each) => each.onnx ?? [])]);
  for (const model of models) {
    say(`writing ${keyOf(model)}`);
    await prepareModel(model, { root, recipe, images: Math.max(1, ...batches), forms: { ours, onnx } });
  }
  return 0;
}

async function measure(settings: BenchSettings): Promise<number> {
  const { modelsFolder, threads, models, runs, batches, timeLimitSeconds, place } = settings;
  const contenders = chooseContenders(settings.contenders, place);
  let current = "";
  const driver = createNodeDriver(modelsFolder, threads, () => readManifest(modelsFolder, current));
  const adapter = await describeAdapter(driver.gpu);
  for (const model of models) {
    current = keyOf(model);
    const { classes } = readManifest(modelsFolder, current);
    const rows = await runModel(driver, {
      model: current,
      contenders,
      runs,
      batches,
      timeLimitMs: timeLimitSeconds * 1000,
      isSoftware: adapter?.isSoftware ?? false,
      reference: { logits: readReference(modelsFolder, current), classes },
      onProgress: say,
    });
    const packages = ["webgpu", "onnxruntime-node"];
    writePart(settings.partsFolder, current, describeRun(settings, `Node ${process.version}, Dawn`, adapter, packages, [current], rows));
  }
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(error instanceof InputError || !(error instanceof Error) ? String(error) : (error.stack ?? error.message));
    process.exit(1);
  },
);
