import { fromBytes } from "../../formats/byte-source.ts";
import type { Preprocessing } from "../../images/preprocessing.ts";
import { openModel, type OpenModel } from "../../runner/open-model.ts";
import { sampleNote } from "../../sample/note.ts";
import { renderSample } from "../../sample/render.ts";
import { CALIBRATION_FIRST_SEED, EVALUATION_FIRST_SEED } from "../../sample/seeds.ts";
import { InputError } from "../../tensor/input-error.ts";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import { holdImage, type HeldImage, type Split } from "./lab-images.ts";

export { sampleNote };

const CALIBRATION_COUNT = 32;
const EVALUATION_COUNT = 32;

/** The bundled model, fetched from beside the page. */
export async function openSampleModel(): Promise<OpenModel> {
  const files = await Promise.all(["model.safetensors", "config.json"].map(fetchSampleFile));
  return openModel(files);
}

async function fetchSampleFile(name: string) {
  const response = await fetch(new URL(`${import.meta.env.BASE_URL}sample/${name}`, pageUrl()));
  if (!response.ok) {
    throw new InputError("SAMPLE_MISSING", {
      what: `The sample's ${name} could not be loaded (${response.status}).`,
      why: "It is a file beside the page.",
      next: "Serve the whole built folder, or drop a model of your own.",
    });
  }
  return fromBytes(new Uint8Array(await response.arrayBuffer()), `sample/${name}`);
}

/** A built worker lies in assets/, one folder below the page; in development its path starts with /src. */
function pageUrl(): string {
  return new URL(import.meta.env.DEV ? "/" : "../", self.location.href).href;
}

/** Images of disjoint seeds for calibration and evaluation, rendered here. */
export async function sampleImages(preprocessing: Preprocessing, job: Job): Promise<Split<HeldImage>> {
  const total = CALIBRATION_COUNT + EVALUATION_COUNT;
  const images: HeldImage[] = [];
  for (let i = 0; i < total; i++) {
    throwIfCancelled(job);
    job.onProgress?.({ stage: "rendering the sample's images", done: i, total });
    const seed = i < CALIBRATION_COUNT ? CALIBRATION_FIRST_SEED + i : EVALUATION_FIRST_SEED + i - CALIBRATION_COUNT;
    const { pixels, label } = renderSample(seed);
    images.push(holdImage(`seed-${seed}`, `seed ${seed}`, label, pixels, preprocessing));
    // Rendering is synchronous: let a cancel message in.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { calibration: images.slice(0, CALIBRATION_COUNT), evaluation: images.slice(CALIBRATION_COUNT), leakage: false };
}
