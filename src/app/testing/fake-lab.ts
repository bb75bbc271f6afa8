import type { AdapterDescription, Comparison, QuantizeRequest } from "../../runner/comparison.ts";
import { LABEL_FILE } from "../../formats/label-table.ts";
import { parsePreprocessing } from "../../runner/data/preprocessing-choice.ts";
import { parseManifest } from "../../runner/data/manifest.ts";
import type { AdapterTuning } from "../../runner/tune/adapter-tuning.ts";
import { bitSettingName } from "../../runner/sweep/bit-setting.ts";
import { cellName, contestantLabel } from "../../runner/sweep/contestant.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { Progress } from "../../tensor/progress.ts";
import { argmaxOfRow, rowCount, softmaxRow } from "../results/predictions.ts";
import { abortError } from "../worker/error-border.ts";
import type { DroppedFile, ImageSet, LabApi, LabComparison, LabSide, OpenedModel, RecipeChoice } from "../worker/lab-api.ts";
import { fakeProfile, fakeTuning } from "./fake-bench.ts";
import { DEPTH, FAKE_CLASSES, fakeCard, fakeFloatLogits, fakeLabel, fakeLayers, fakeQuantizedLogits } from "./fake-data.ts";
import { fakeAttention, fakeDiagnosis, fakeRow } from "./fake-diagnosis.ts";
import { fakeImageSet, fakeManifest, fakeNormalisation, fakeSampleNames, fakeStability, withFakeLabels } from "./fake-images.ts";
import { fakeLevels, fakeSites } from "./fake-levels.ts";
import { fakeEffectiveBits, fakeRecipeSites } from "./fake-recipe-sites.ts";
import { fakeTensors } from "./fake-tensors.ts";

export interface FakeLabOptions {
  readonly makeThumbnail: (index: number, label: number) => ImageBitmap;
  /** Pause between two progress reports. */
  readonly stepMs: number;
  /** Blocks of the model that `inspect` tells of. */
  readonly depth?: number;
  /** Images of the sample. */
  readonly imageCount?: number;
  readonly adapter: "software" | "hardware" | "missing";
}

/** A `LabApi` without an engine: the same made-up answers every time, with progress, cancel and errors, for tests of the page and `?fake` in development. */
export function createFakeLab(options: FakeLabOptions): LabApi {
  const cancelled = new Set<string>();
  let images: ImageSet | null = null;
  let model: OpenedModel | null = null;
  let labels: { readonly name: string; readonly text: string } | null = null;
  let last: LabComparison | null = null;
  let runs = 0;
  let tuning: AdapterTuning | null = null;
  let profiles = 0;
  const usable = (): AdapterDescription => fakeAdapter(options.adapter === "missing" ? "software" : options.adapter);

  async function steps(jobId: string, stages: readonly string[], onProgress: (progress: Progress) => void): Promise<void> {
    const perStage = 6;
    const total = stages.length * perStage;
    for (let done = 0; done < total; done++) {
      if (cancelled.has(jobId)) throw abortError();
      onProgress({ stage: stages[Math.floor(done / perStage)] ?? "working", done, total });
      await new Promise((resolve) => setTimeout(resolve, options.stepMs));
    }
    if (cancelled.has(jobId)) throw abortError();
    onProgress({ stage: stages.at(-1) ?? "working", done: total, total });
  }

  const opened = (): ImageSet => {
    if (images !== null) return images;
    throw new InputError("NO_IMAGES", { what: "There are no images.", why: "None were opened.", next: "Open some." });
  };

  return {
    adapter: () => Promise.resolve().then(() => fakeAdapter(options.adapter)),
    recipes: () => Promise.resolve(FAKE_RECIPES),
    async selfTest(jobId, onProgress) {
      await steps(jobId, ["checking gemm", "checking softmax", "checking layernorm"], onProgress);
      const cases = ["gemm_u4", "softmax_codes", "layernorm_codes"].flatMap((kernel) =>
        ["small", "odd sizes", "one row"].map((name) => ({ kernel, name, ok: true, detail: "equal to the reference" })),
      );
      return { passed: cases.length, failed: 0, notExecuted: ["gemm_subgroup"], cases, elapsedMs: 1234 };
    },
    async openModel(files, overrides) {
      await Promise.resolve();
      return (model = openFakeModel(files, overrides.numHeads ?? null));
    },
    async openSample(jobId, onProgress) {
      await steps(jobId, ["opening the sample model", "rendering images"], onProgress);
      images = fakeImageSet(fakeSampleNames(options.imageCount ?? 64), [], options.makeThumbnail);
      model = { card: fakeCard(4), note: "Made-up data: this is the page's stand-in engine, nothing was computed.", stated: STATED };
      return { model, images };
    },
    async openImages(jobId, files, onProgress) {
      await steps(jobId, ["decoding images"], onProgress);
      const skipped = files
        .filter((file) => /\.heic$/i.test(file.path))
        .map((file) => ({ name: file.path, reason: "HEIC: this browser cannot decode it", isUnusual: false }));
      const names = files.map((file) => file.path).filter((path) => /\.(png|jpe?g|webp)$/i.test(path));
      if (names.length === 0) {
        throw new InputError("NO_IMAGES", {
          what: "No image could be used.",
          why: "None of the files is a picture.",
          next: "Drop JPEG or PNG files.",
        });
      }
      const opened = fakeImageSet(names, skipped, options.makeThumbnail);
      const file = files.find(({ path }) => LABEL_FILE.test(path));
      labels = file ? { name: file.path, text: await file.blob.text() } : null;
      return (images = labels ? withFakeLabels(opened, labels, null) : opened);
    },
    async chooseImages(jobId, rule, onProgress) {
      await steps(jobId, ["reading images"], onProgress);
      const { items, skipped } = opened();
      images = fakeImageSet(
        items.map(({ name }) => name),
        skipped,
        options.makeThumbnail,
        rule,
      );
      return images;
    },
    async useManifest(jobId, file, onProgress) {
      await steps(jobId, ["checking images"], onProgress);
      parseManifest(await file.blob.text(), file.path);
      images = { ...opened(), rule: null };
      return images;
    },
    async pickLabelColumns(_jobId, columns) {
      await Promise.resolve();
      return (images = withFakeLabels(opened(), labels ?? { name: "labels.csv", text: "" }, columns));
    },
    async manifest(jobId, onProgress) {
      await steps(jobId, ["hashing images"], onProgress);
      return fakeManifest(opened());
    },
    async thumbnail(index) {
      await new Promise((resolve) => setTimeout(resolve, options.stepMs));
      return options.makeThumbnail(index, fakeLabel(index));
    },
    viewImage: (index) =>
      Promise.resolve({
        width: 640,
        height: 480,
        sizeBytes: 123_456,
        sha256: "ab".repeat(32),
        remarks: [],
        original: options.makeThumbnail(index, fakeLabel(index)),
        seen: options.makeThumbnail(index, fakeLabel(index)),
      }),
    async choosePreprocessing(jobId, text, onProgress) {
      await steps(jobId, ["preparing images"], onProgress);
      const preprocessing = text === null ? STATED.preprocessing : parsePreprocessing(text, STATED.preprocessing);
      if (model === null) throw new InputError("NO_MODEL", { what: "No model is open.", why: "None was given.", next: "Open one." });
      model = { ...model, card: { ...model.card, preprocessing, assumed: text === null ? fakeCard(4).assumed : ["epsilon"] } };
      return { model, images: images === null ? null : { ...images } };
    },
    async previewPreprocessing(index, text) {
      await Promise.resolve();
      const { size } = parsePreprocessing(text, STATED.preprocessing);
      return { seen: options.makeThumbnail(index + size, fakeLabel(index)), lowest: -2, highest: 2, mean: 0.25 };
    },
    fingerprint: () => Promise.resolve({ weights: "12".repeat(32), images: images === null ? null : "34".repeat(32) }),
    async stability(jobId, request, onProgress) {
      await steps(jobId, ["calibrating the first half", "calibrating the second half"], onProgress);
      return fakeStability(request);
    },
    async normalisation(jobId, onProgress) {
      await steps(jobId, ["normalised by 0.5", "normalised by ImageNet"], onProgress);
      return fakeNormalisation();
    },
    async compare(jobId, request, onProgress) {
      const stages = [
        "running the float model",
        "calibrating blocks.0.attn.qkv",
        "calibrating blocks.7.mlp.fc2",
        "running the quantized model",
      ];
      await steps(jobId, stages, onProgress);
      const count = images?.evaluation.length ?? 0;
      const adapter = usable();
      const sideOf = (recipe: string): LabSide => ({
        ...fakeComparison({ ...request, recipe }, count, adapter),
        effectiveBits: fakeEffectiveBits(options.depth ?? DEPTH, { ...request, recipe }),
        calibrationCount: images?.calibrationCount ?? 0,
        sites: fakeSites(DEPTH, { ...request, recipe }),
      });
      const text = `${count} of ${count} evaluation images are calibration images too.`;
      last = {
        id: `run ${++runs}`,
        asked: request,
        preprocessing: model?.card.preprocessing ?? STATED.preprocessing,
        main: sideOf(request.recipe),
        baseline: request.baseline === null ? null : sideOf(request.baseline),
        warnings: images?.leakage === true ? [{ code: "CALIBRATION_OVERLAP", text }] : [],
      };
      return last;
    },
    modelCards: (models) =>
      Promise.resolve(
        models.map((files) => {
          const name = files.find(({ path }) => path.endsWith(".safetensors"))?.path;
          if (name === undefined) return null;
          const card = fakeCard(4);
          return { ...card, name, config: { ...card.config, numClasses: name.includes("other-classes") ? 5 : card.config.numClasses } };
        }),
      ),
    async compareTwin(jobId, files, onProgress) {
      await steps(jobId, ["running both models"], onProgress);
      const request = { recipe: "repq-vit", weightBits: 4, activationBits: 4, levels: "strict" } as const;
      const found = fakeComparison(request, images?.evaluation.length ?? 0, usable());
      const { quality, env, floatLogits, quantizedLogits, classes } = found;
      return {
        reference: model?.card.name ?? "",
        other: files.find(({ path }) => path.endsWith(".safetensors"))?.path ?? "",
        notes: ["Each reads the images as its own files want them."],
        quality,
        env,
        classes,
        perf: { referenceMs: 812, otherMs: 820, imageCount: quality.imageCount },
        referenceLogits: floatLogits,
        otherLogits: quantizedLogits,
      };
    },
    async diagnose(jobId, { ask }, onProgress) {
      await steps(jobId, [`looking for ${ask.part}`], onProgress);
      return fakeDiagnosis(ask);
    },
    async attention(jobId, { image }, onProgress) {
      await steps(jobId, ["looking at attention"], onProgress);
      return fakeAttention(image);
    },
    async sweep(jobId, ask, onProgress, onNews) {
      const adapter = usable();
      await onNews({ float: { floatBytes: 6_501_936, floatMs: 812, imageCount: images?.evaluation.length ?? 0, adapter } });
      for (const contestant of ask.contestants) {
        const { recipe, rules = [] } = contestant;
        const label = contestantLabel(FAKE_RECIPES.find(({ name }) => name === recipe)?.label ?? recipe, rules.length);
        for (const setting of ask.bits) {
          const bits = bitSettingName(setting);
          if (ask.known.some((row) => cellName(row, row.bits) === cellName(contestant, bits))) continue;
          await steps(jobId, [`${label} ${bits}`], onProgress);
          await onNews({ row: { ...fakeRow(recipe, label, bits), ...(rules.length > 0 ? { rules } : {}) } });
        }
      }
    },
    tuning: () => Promise.resolve(tuning),
    async tune(jobId, _request, onProgress) {
      await steps(jobId, ["measuring kernels", "measuring the adapter's limits"], onProgress);
      return (tuning = fakeTuning(usable().isSoftware));
    },
    forgetTuning() {
      tuning = null;
      return Promise.resolve();
    },
    async profile(jobId, request, onProgress) {
      await steps(jobId, ["compiling kernels", "running whole forwards", "timing kernels"], onProgress);
      return fakeProfile(request, usable(), tuning, ++profiles);
    },
    runOnSoftwareAdapter: () => Promise.resolve(),
    deviceLosses: () => new Promise(() => {}),
    async inspect(jobId, onProgress) {
      await steps(jobId, ["reading weights"], onProgress);
      return fakeTensors(options.depth ?? DEPTH);
    },
    exportChoices: () =>
      Promise.resolve([
        { name: "package", label: "Vitrine package", summary: "opens here and on the command line" },
        {
          name: "compressed-tensors",
          label: "safetensors, compressed-tensors",
          summary: "a long name beside as much text, as some formats have",
        },
      ]),
    async exportModel(jobId, _held, format, onProgress) {
      await steps(jobId, ["writing and reading back"], onProgress);
      return { files: [{ name: `made-up.${format}`, bytes: new TextEncoder().encode("made up") }], readBack: null, notes: [] };
    },
    recipeSites: (_jobId, recipe) => Promise.resolve().then(() => fakeRecipeSites(options.depth ?? DEPTH, recipe)),
    async levels(_jobId, request) {
      await Promise.resolve();
      return fakeLevels(request, last?.main.request.activationBits ?? 4);
    },
    cancel(jobId) {
      cancelled.add(jobId);
      return Promise.resolve();
    },
  };
}

const STATED = { preprocessing: fakeCard(4).preprocessing, file: null, isAssumed: true } as const;
const USUAL = { calibrationImages: 32, minimumImages: 1, isMixed: false, mixedAt: null, bitRange: { lowest: 2, highest: 8 } } as const;
const FAKE_RECIPES: readonly RecipeChoice[] = [
  {
    ...USUAL,
    name: "repq-vit",
    group: "Reparameterization",
    label: "RepQ-ViT",
    description: "Scale reparameterization after LayerNorm, log√2 codes for softmax.",
    paper:
      "Li, Xiao, Yang, Gu: RepQ-ViT: Scale Reparameterization for Post-Training Quantization of Vision Transformers. ICCV 2023, arXiv 2212.08254",
  },
  {
    ...USUAL,
    name: "min-max",
    group: "Baselines",
    label: "min-max",
    description: "The naive baseline: the full range of every tensor, uniform codes.",
    paper: null,
  },
];

function fakeAdapter(kind: FakeLabOptions["adapter"]): AdapterDescription {
  if (kind === "missing") {
    throw new InputError("NO_ADAPTER", {
      what: "No WebGPU adapter was found.",
      why: "The browser offers WebGPU but no GPU.",
      next: "Update the graphics driver.",
    });
  }
  const software = kind === "software";
  return {
    vendor: software ? "google" : "example",
    architecture: software ? "swiftshader" : "gen-1",
    device: "",
    description: software ? "SwiftShader Device (LLVM)" : "Example GPU 4000",
    isSoftware: software,
    integerExecution: software ? "f32 multiply-add" : "packed integer dot",
    tunedShapes: 0,
  };
}

function openFakeModel(files: readonly DroppedFile[], numHeads: number | null): OpenedModel {
  const models = files.filter((file) => /(?<!-of-\d{5})\.safetensors$/.test(file.path));
  if (models.length > 1) {
    throw new InputError("SEVERAL_MODELS", {
      what: `${models.length} models are among these files.`,
      why: "Which one is meant is not clear.",
      next: "Give one of them.",
    });
  }
  const model = files.find((file) => file.path.endsWith(".safetensors"));
  if (model === undefined || /resnet/i.test(model.path)) {
    throw new InputError("NOT_A_VIT", {
      what: `${model?.path ?? files[0]?.path ?? "The file"} is not a Vision Transformer.`,
      why: "It has BatchNorm and 3×3 convolutions, like a ResNet.",
      next: "Drop a ViT or DeiT checkpoint as safetensors.",
    });
  }
  return { card: { ...fakeCard(numHeads), name: model.path }, note: null, stated: STATED };
}

function fakeComparison(request: QuantizeRequest, imageCount: number, adapter: AdapterDescription): Comparison {
  const classes = FAKE_CLASSES.length;
  const floatLogits = fakeFloatLogits().slice(0, imageCount * classes);
  const quantizedLogits = fakeQuantizedLogits(floatLogits, request);
  let same = 0;
  let floatRight = 0;
  let quantizedRight = 0;
  let kl = 0;
  for (let image = 0; image < rowCount(floatLogits, classes); image++) {
    const a = argmaxOfRow(floatLogits, classes, image);
    const b = argmaxOfRow(quantizedLogits, classes, image);
    same += a === b ? 1 : 0;
    floatRight += a === fakeLabel(image) ? 1 : 0;
    quantizedRight += b === fakeLabel(image) ? 1 : 0;
    const q = softmaxRow(quantizedLogits, classes, image);
    softmaxRow(floatLogits, classes, image).forEach((p, c) => (kl += p * Math.log(p / (q[c] ?? 1))));
  }
  const { recipe, weightBits, activationBits, attentionBits, rules, levels } = request;
  return {
    request: { recipe, weightBits, activationBits, attentionBits, rules, levels },
    executor: levels === "as-published" ? "simulated" : "integer",
    executorNote: levels === "as-published" ? "As-published levels cannot run as integers; the float simulation served." : null,
    quality: {
      imageCount,
      top1Agreement: same / imageCount,
      top1AccuracyFloat: floatRight / imageCount,
      top1AccuracyQuantized: quantizedRight / imageCount,
      logitSqnrDb: 14,
      logitCosine: 0.98,
      klDivergence: kl / imageCount,
    },
    layers: fakeLayers(request),
    layerImageCount: Math.min(8, imageCount),
    size: { floatBytes: 6_501_936, quantizedBytes: 150_000 + (6_501_936 * weightBits) / 32 },
    perf: { floatMs: 812, quantizedMs: 640, calibrationMs: 2100, imageCount },
    env: { adapter, runtime: "fake", deviceLosses: 0 },
    floatLogits,
    quantizedLogits,
    classes,
  };
}
