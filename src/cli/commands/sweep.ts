import { outputName } from "../../graph/graph.ts";
import { recipes } from "../../quant/recipes/index.ts";
import { digest, digestImages, digestWeights, overlapWarning } from "../../runner/digest.ts";
import type { ImageSource } from "../../runner/image-source.ts";
import { withoutQuantizers } from "../../runner/open-model.ts";
import { recipeNamed } from "../../runner/quantize-model.ts";
import { parseBitSettings } from "../../runner/sweep/bit-setting.ts";
import type { RecipeDocument } from "../../runner/rules/recipe-document.ts";
import { sweepReport, toCsv, toMarkdown, type SweepContext, type SweepReport } from "../../runner/sweep/sweep-report.ts";
import { runSweep, type Sweep, type SweepRow } from "../../runner/sweep/sweep.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { Command, Host } from "../host.ts";
import { labelOptions, labelsFrom, openCalibration, openInputs, unusualFrom, unusualImages } from "../image-inputs.ts";
import { layerBitsOption, readLayerBits } from "../layer-bits.ts";
import { readRules, rulesOption } from "../rules-option.ts";
import { buildModel, executorFrom, executorOption, modelOptions, openHostEngine, openModelOption } from "../model-options.ts";
import { numberOption } from "../parse-args.ts";

export const sweep: Command = {
  name: "sweep",
  summary: "every recipe at every bit setting on the same images; can be stopped and resumed",
  options: {
    ...modelOptions,
    recipes: { value: "NAMES", help: `comma-separated, or all (default): ${Object.keys(recipes).join(", ")}` },
    bits: { value: "SETTINGS", help: "weights/activations[/attention], comma-separated (default 8/8,6/6,4/8,4/4,3/3)" },
    "layer-bits": layerBitsOption,
    rules: rulesOption,
    calibration: { value: "FILE", help: ".npy or .safetensors of normalised [N,3,H,W] f32" },
    "calibration-images": { value: "DIR", help: "image files instead" },
    inputs: { value: "FILE", help: ".npy or .safetensors of normalised [N,3,H,W] f32 to judge on" },
    images: { value: "DIR", help: "image files instead" },
    ...labelOptions,
    unusual: unusualImages,
    limit: { value: "N", help: "use the first N images only" },
    executor: executorOption,
    name: { value: "TEXT", help: "what the report calls the model (default: its file's name)" },
    commit: { value: "ID", help: "noted in the report" },
    out: {
      value: "PREFIX",
      help: "writes PREFIX.json, .csv and .md, after every row; rows already there are not run again",
      required: true,
    },
  },
  async run(options, host) {
    const model = await openModelOption(host, options);
    const float = withoutQuantizers(await buildModel(model, host, executorFrom(options)));
    const [classes] = float.shapes[outputName(float)];
    const calibration = await openCalibration(host, model.card, classes, options);
    const limit = numberOption(options, "limit", 1, 1e9);
    const judged = await openInputs(host, model.card, classes, {
      tensorPath: options.inputs,
      folder: options.images,
      ...labelsFrom(options),
      option: "--inputs FILE or --images DIR",
      unusual: unusualFrom(options),
      most: limit,
    });
    const images = firstOf(judged.images, limit);
    const labels = judged.labels?.subarray(0, images.count) ?? null;
    const file = await readRules(host, options);
    const asked = options.recipes ?? file?.preset ?? "all";
    const names = asked === "all" ? Object.keys(recipes) : asked.split(",");
    const bits = parseBitSettings(options.bits ?? fileBits(file) ?? "8/8,6/6,4/8,4/4,3/3");
    const rules = file?.rules ?? [];
    const layerBits = await readLayerBits(host, options);
    const executor = executorFrom(options);
    const engine = await openHostEngine(host, executor);

    for (const name of names) recipeNamed(name.trim());
    // Over all recipes, not the named ones: a sweep may be resumed with others.
    const wanted = Math.max(...Object.values(recipes).map((recipe) => recipe.calibrationImages));
    const calibrationDigests = await digestImages(calibration.images, Math.min(calibration.images.count, wanted));
    const digests = await digestImages(images);
    const settings = [...(layerBits ? [layerBits] : []), ...(rules.length > 0 ? [rules] : [])];
    const identity = JSON.stringify([await digestWeights(float), executor, calibrationDigests, digests, ...settings]);
    const prefix = options.out ?? "";
    const context: SweepContext = {
      fingerprint: await digest(new TextEncoder().encode(identity)),
      model: options.name ?? model.card.name,
      command: `npm run lab -- sweep ${Object.entries(options)
        .filter(([name, value]) => value !== undefined && name !== "commit" && name !== "name")
        .map(([name, value]) => `--${name} ${portable(value ?? "")}`)
        .join(" ")}`,
      commit: options.commit ?? null,
      runtime: host.runtime,
      adapter: await engine.adapter(),
      date: new Date().toISOString().slice(0, 10),
    };
    // Rows of earlier versions do not state their rules; the fingerprint holds them.
    const known = (await knownRows(host, prefix, context.fingerprint)).map((row) => ({ ...row, ...(rules.length > 0 ? { rules } : {}) }));
    const warning = overlapWarning(calibrationDigests, digests);

    const notes = [calibration, judged].flatMap(({ report }) => report?.notes ?? []);
    const skipped = [calibration, judged].flatMap(({ report }) => report?.skipped ?? []);
    const finished: SweepRow[] = [...known];
    const save = async (result: Sweep) => {
      const report = { ...sweepReport(result, context), warnings: [...(warning ? [warning] : []), ...notes], skipped };
      await host.write(`${prefix}.json`, bytesOf(`${JSON.stringify(report, null, 2)}\n`));
      await host.write(`${prefix}.csv`, bytesOf(toCsv(report)));
      await host.write(`${prefix}.md`, bytesOf(toMarkdown(report)));
      return report;
    };
    const result = await runSweep({
      float,
      contestants: names.map((name) => ({ recipe: name.trim(), rules })),
      bits,
      layerBits,
      calibration: calibration.images,
      images,
      labels,
      output: model.card.output,
      runNode: engine.runNode,
      open: engine.open,
      known,
      onRow: async (row) => {
        finished.push(row);
        await save({ rows: finished, floatBytes: 0, floatMs: 0, imageCount: images.count });
      },
      job: host.job,
    });
    // Rows of the earlier run that this one did not ask for are kept.
    const ran = new Set(result.rows);
    return save({ ...result, rows: [...result.rows, ...known.filter((row) => !ran.has(row))] });
  },
};

function fileBits(file: RecipeDocument | undefined): string | undefined {
  return file?.bits && [file.bits.weights, file.bits.activations, file.bits.attention].filter((bits) => bits !== undefined).join("/");
}

/** A report travels: of absolute paths only the last part is noted. */
function portable(value: string): string {
  return /^(\/|[A-Za-z]:[\\/])/.test(value) ? (value.split(/[\\/]/).findLast((part) => part !== "") ?? value) : value;
}

function firstOf(images: ImageSource, limit: number | undefined): ImageSource {
  return limit === undefined || limit >= images.count ? images : { count: limit, batch: images.batch };
}

/** Rows of an unfinished or smaller run; a report of other images or another model under that name is refused rather than overwritten. */
async function knownRows(host: Host, prefix: string, fingerprint: string): Promise<readonly SweepRow[]> {
  let text: string;
  try {
    const [file] = await host.open(`${prefix}.json`);
    text = new TextDecoder().decode(await file.slice(0, file.byteLength));
  } catch (error) {
    if (error instanceof InputError && error.code === "FILE_NOT_FOUND") return [];
    throw error;
  }
  const report = parseReport(text);
  if (report?.fingerprint === fingerprint) return report.rows;
  throw new InputError("SWEEP_MISMATCH", {
    what: `"${prefix}.json" is ${report ? "a sweep of another model, other images, other bits by layer or rules, or another executor" : "no sweep report"}.`,
    why: "Rows can only be taken over from the same work, and it would be overwritten.",
    next: "Give another --out, or remove the file.",
  });
}

function parseReport(text: string): Pick<SweepReport, "fingerprint" | "rows"> | null {
  try {
    const value = JSON.parse(text) as Partial<SweepReport> | null;
    return value?.schema === "vitrine.sweep/1" && typeof value.fingerprint === "string" && Array.isArray(value.rows)
      ? { fingerprint: value.fingerprint, rows: value.rows }
      : null;
  } catch {
    return null;
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
