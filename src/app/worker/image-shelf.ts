import type { Pixels } from "../../images/pixels.ts";
import { pictureKind } from "../../images/picture-kind.ts";
import type { Preprocessing } from "../../images/preprocessing.ts";
import { UNUSUAL_CODES, unusualImage } from "../../images/unusual-image.ts";
import type { ModelCard } from "../../models/config.ts";
import { defaultRule, imageOrder, splitImages, type Split, type SplitRule } from "../../runner/data/choose-images.ts";
import { narrowCalibration, traitNotes, traitSentences, type ImageNote } from "../../runner/data/image-notes.ts";
import { parseManifest, resolveManifest, type Manifest } from "../../runner/data/manifest.ts";
import type { Crop } from "../../runner/crop-images.ts";
import { digest } from "../../runner/digest.ts";
import { InputError } from "../../tensor/input-error.ts";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import { canvasReadsBackExactly } from "../decode-browser.ts";
import type { LabelColumns } from "../../formats/label-columns.ts";
import { fileItems, relabelled, sampleItems, type GivenImages, type PickedColumns } from "./image-items.ts";
import type { DroppedFile, ImageSet, ImageUse, ImageView, SkippedImage } from "./lab-api.ts";
import { bitmapOf, labImage, type HeldImage } from "./lab-images.ts";

const THUMBNAIL_SIDE = 128;
const VIEW_SIDE = 640;

/** The images that were given, of which only those in use are decoded. */
export interface ImageShelf {
  openFiles(files: readonly DroppedFile[], card: ModelCard, job: Job): Promise<ImageSet>;
  openSample(card: ModelCard, job: Job): Promise<ImageSet>;
  /** Other images calibrate and are judged. */
  choose(rule: SplitRule, card: ModelCard, job: Job): Promise<ImageSet>;
  useManifest(text: string, name: string, card: ModelCard, job: Job): Promise<ImageSet>;
  /** Labels from other columns of their table. */
  pickLabelColumns(columns: LabelColumns, card: ModelCard): Promise<ImageSet>;
  /** The images in use as another card's preprocessing wants them; a rule chooses again, because other sizes may be unusual now. */
  prepareAgain(card: ModelCard, job: Job): Promise<ImageSet>;
  pixels(index: number): Promise<Pixels>;
  /** The images that are judged as another model wants them; nothing of it is kept. */
  judgedFor(card: ModelCard, job: Job): Promise<readonly HeldImage[]>;
  hasImages(): boolean;
  manifest(job: Job): Promise<Manifest>;
  /** What calibrates and what is judged, as the model wants it. Throws NO_IMAGES. */
  split(card: ModelCard, job: Job): Promise<Split<HeldImage>>;
  thumbnail(index: number, kind: "original" | "seen", card: ModelCard): Promise<ImageBitmap>;
  view(index: number, card: ModelCard): Promise<ImageView>;
}

/** Indices of the images in use. */
interface Chosen {
  readonly split: Split<number>;
  /** null where a manifest chose. */
  readonly rule: SplitRule | null;
  readonly skipped: readonly SkippedImage[];
}

/** `crop`: resizes for the preprocessing of the open model. */
export function createImageShelf(crop: Crop): ImageShelf {
  let given: GivenImages | null = null;
  let chosen: Chosen | null = null;
  let preprocessing: Preprocessing | null = null;
  /** Kept for opening the same files again, for another head count. */
  let picked: PickedColumns | null = null;
  /** The image that a preview shows, decoded once for all that is tried on it. */
  let looked: { readonly of: GivenImages | null; readonly index: number; readonly pixels: Promise<Pixels> } | null = null;
  const held = new Map<number, HeldImage>();

  /** Decoded, cropped for the model; its size is judged before that, where unusual ones are left out. */
  async function hold(images: GivenImages, index: number, wanted: Preprocessing, isUnusualLeftOut = false): Promise<HeldImage> {
    if (preprocessing !== wanted) held.clear();
    preprocessing = wanted;
    const known = held.get(index);
    const item = images.items[index];
    const facts = known ? known.facts : await item.facts();
    const unusual = isUnusualLeftOut && facts ? unusualImage(facts, item.name, wanted) : null;
    if (unusual) throw unusual;
    if (known) return known;
    const { name, label, pixels } = item;
    const image = { id: `image-${index}`, name, label, facts, crop: await crop(await pixels(), wanted) };
    held.set(index, image);
    return image;
  }

  /** Walks through the images in the order of the rule until enough can be used. */
  async function chooseBy(images: GivenImages, rule: SplitRule, wanted: Preprocessing, stage: string, job: Job): Promise<Chosen> {
    const needed = Math.min(images.items.length, rule.calibrationCount + rule.evaluationCount);
    const usable: number[] = [];
    const skipped: SkippedImage[] = [];
    for (const index of imageOrder(images.items.length, rule)) {
      if (usable.length === needed) break;
      throwIfCancelled(job);
      job.onProgress?.({ stage, done: usable.length, total: needed });
      try {
        await hold(images, index, wanted, rule.unusual !== "use");
        usable.push(index);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        const { what, why, code } = error;
        skipped.push({ name: images.items[index].name, reason: `${what} ${why}`, isUnusual: UNUSUAL_CODES.has(code) });
      }
      // Rendering and resampling are synchronous: let a cancel message in.
      await new Promise((resolve) => setTimeout(resolve));
    }
    if (usable.length === 0) throw noImages(skipped);
    return { split: splitImages(usable, rule), rule, skipped };
  }

  /** Takes over what has been found; until here nothing has changed. */
  async function accept(images: GivenImages, next: Chosen, card: ModelCard): Promise<ImageSet> {
    given = images;
    chosen = next;
    const { split, rule, skipped } = next;
    const inUse = new Set([...split.calibration, ...split.evaluation]);
    for (const index of held.keys()) if (!inUse.has(index)) held.delete(index);
    const thumbnails = (indices: readonly number[]) =>
      Promise.all(indices.map(async (index) => labImage(await hold(images, index, card.preprocessing))));
    const uses = new Map<number, ImageUse>();
    for (const index of split.calibration) uses.set(index, "calibration");
    for (const index of split.evaluation) uses.set(index, uses.has(index) ? "both" : "evaluation");
    const failed = new Set(skipped.map(({ name }) => name));
    const used: HeldImage[] = [];
    for (const index of inUse) used.push(await hold(images, index, card.preprocessing));
    return {
      evaluation: await thumbnails(split.evaluation),
      calibrationCount: split.calibration.length,
      skipped,
      ignored: images.ignored,
      notes: [...traitNotes(used.map(({ facts }) => facts?.traits ?? [])), ...calibrationNotes(split, used, card)],
      leakage: split.leakage,
      items: images.items.map(({ name, label }, i) => ({ name, label, use: uses.get(i) ?? (failed.has(name) ? "skipped" : "unused") })),
      rule,
      labels: images.labels,
      labelFile: images.labelFile,
    };
  }

  const requireImages = (): { images: GivenImages; now: Chosen } => {
    if (given === null || chosen === null) throw noImages([]);
    return { images: given, now: chosen };
  };

  return {
    async openFiles(files, card, job) {
      refuseFalsifiedCanvas();
      const images = await fileItems(files, card, picked);
      held.clear();
      return accept(images, await chooseBy(images, defaultRule(images.items.length), card.preprocessing, "reading images", job), card);
    },
    async openSample(card, job) {
      const images = sampleItems();
      held.clear();
      const rule = defaultRule(images.items.length);
      return accept(images, await chooseBy(images, rule, card.preprocessing, "rendering the sample's images", job), card);
    },
    async choose(rule, card, job) {
      const { images } = requireImages();
      return accept(images, await chooseBy(images, rule, card.preprocessing, "reading images", job), card);
    },
    async useManifest(text, name, card, job) {
      const { images } = requireImages();
      const manifest = parseManifest(text, name);
      const files = images.items.map((item) => ({ name: item.name, sizeBytes: item.sizeBytes }));
      const found = await resolveManifest(manifest, files, async (index) => {
        throwIfCancelled(job);
        job.onProgress?.({ stage: `checking ${files[index].name}`, done: 0, total: 0 });
        return digest(await images.items[index].bytes());
      });
      const leakage = found.evaluation.some((index) => found.calibration.includes(index));
      if (found.evaluation.length === 0 || found.calibration.length === 0) throw noImages([]);
      return accept(images, { split: { ...found, leakage }, rule: null, skipped: [] }, card);
    },
    async pickLabelColumns(columns, card) {
      const { images, now } = requireImages();
      const next = relabelled(images, columns, card);
      if (next.labelFile?.used) picked = { file: next.labelFile.name, columns: next.labelFile.used };
      for (const [index, image] of held) held.set(index, { ...image, label: next.items[index].label });
      return accept(next, now, card);
    },
    async prepareAgain(card, job) {
      const { images, now } = requireImages();
      const { rule } = now;
      return accept(images, rule === null ? now : await chooseBy(images, rule, card.preprocessing, "preparing images", job), card);
    },
    async judgedFor(card, job) {
      const { images, now } = requireImages();
      const { evaluation } = now.split;
      const found: HeldImage[] = [];
      for (const [done, index] of evaluation.entries()) {
        throwIfCancelled(job);
        job.onProgress?.({ stage: "preparing images for the other model", done, total: evaluation.length });
        found.push(await lookAt(images, index, card));
      }
      return found;
    },
    async pixels(index) {
      if (looked?.index !== index || looked.of !== given)
        looked = { of: given, index, pixels: requireImages().images.items[index].pixels() };
      return looked.pixels;
    },
    hasImages: () => chosen !== null,
    async manifest(job) {
      const { images, now } = requireImages();
      const { calibration, evaluation } = now.split;
      const indices = [...new Set([...calibration, ...evaluation])];
      const entries: Manifest["images"] = [];
      for (const [done, index] of indices.entries()) {
        throwIfCancelled(job);
        job.onProgress?.({ stage: "hashing images", done, total: indices.length });
        const { name, label, sizeBytes, bytes } = images.items[index];
        const use: ("calibration" | "evaluation")[] = [];
        if (calibration.includes(index)) use.push("calibration");
        if (evaluation.includes(index)) use.push("evaluation");
        entries.push({ name, sha256: await digest(await bytes()), sizeBytes, use, label });
      }
      const { order, seed } = now.rule ?? { order: "manifest" as const, seed: 0 };
      return { schema: "vitrine-manifest/1", order, seed, givenCount: images.items.length, images: entries };
    },
    async split(card, job) {
      const { images, now } = requireImages();
      const hand = async (indices: readonly number[]): Promise<HeldImage[]> => {
        const found: HeldImage[] = [];
        for (const index of indices) {
          throwIfCancelled(job);
          found.push(await hold(images, index, card.preprocessing));
        }
        return found;
      };
      return { calibration: await hand(now.split.calibration), evaluation: await hand(now.split.evaluation), leakage: now.split.leakage };
    },
    async thumbnail(index, kind, card) {
      const { images } = requireImages();
      if (kind === "seen") return bitmapOf((await lookAt(images, index, card)).crop);
      return shrunk(await images.items[index].pixels(), THUMBNAIL_SIDE);
    },
    async view(index, card) {
      const { images } = requireImages();
      const item = images.items[index];
      const pixels = await item.pixels();
      const { crop } = await lookAt(images, index, card);
      const { width, height } = pixels;
      const sha256 = await digest(await item.bytes());
      const remarks = traitSentences((await item.facts())?.traits ?? []);
      return {
        width,
        height,
        sizeBytes: item.sizeBytes,
        sha256,
        remarks,
        original: await shrunk(pixels, VIEW_SIDE),
        seen: await bitmapOf(crop),
      };
    },
  };

  /** For looking only: images that are not in use are not kept. */
  async function lookAt(images: GivenImages, index: number, card: ModelCard): Promise<HeldImage> {
    const known = preprocessing === card.preprocessing ? held.get(index) : undefined;
    const { name, label, pixels } = images.items[index];
    return known ?? { id: `image-${index}`, name, label, facts: null, crop: await crop(await pixels(), card.preprocessing) };
  }
}

/** `used`: the images in use, by their ids. */
function calibrationNotes({ calibration }: Split<number>, used: readonly HeldImage[], { config }: ModelCard): ImageNote[] {
  const byId = new Map(used.map((image) => [image.id, image]));
  const images = calibration.flatMap((index) => byId.get(`image-${index}`) ?? []);
  return narrowCalibration(
    images.map(({ label, crop }) => ({ label, picture: pictureKind(crop) })),
    config.numClasses,
  );
}

async function shrunk(pixels: Pixels, side: number): Promise<ImageBitmap> {
  const bitmap = await bitmapOf(pixels);
  const ratio = side / Math.max(pixels.width, pixels.height);
  if (ratio >= 1) return bitmap;
  const size = (length: number): number => Math.max(1, Math.floor(length * ratio));
  const small = await createImageBitmap(bitmap, {
    resizeWidth: size(pixels.width),
    resizeHeight: size(pixels.height),
    resizeQuality: "medium",
  });
  bitmap.close();
  return small;
}

function refuseFalsifiedCanvas(): void {
  if (canvasReadsBackExactly()) return;
  throw new InputError("CANVAS_FALSIFIED", {
    what: "This browser changes the pixels that a page reads from a canvas.",
    why: "It protects against fingerprinting; the model would see other images than yours.",
    next: "Allow canvas reading for this page (in Brave: Shields, in Firefox: resistFingerprinting), or use another browser.",
  });
}

function noImages(skipped: readonly SkippedImage[]): InputError {
  const first = skipped[0];
  return new InputError("NO_IMAGES", {
    what: first ? `None of the ${skipped.length} files could be used as an image.` : "There are no images.",
    why: first ? `${first.name}: ${first.reason}` : "Float and quantized models are compared on images.",
    next: "Drop JPEG, PNG, WebP or GIF files, or a folder of them.",
  });
}
