import type { Pixels } from "../images/pixels.ts";
import type { ModelCard } from "../models/config.ts";
import { parseManifest, resolveManifest } from "../runner/data/manifest.ts";
import { digest } from "../runner/digest.ts";
import type { ImageSource } from "../runner/image-source.ts";
import { renderSample } from "../sample/render.ts";
import { cropSource } from "./crop-source.ts";
import type { Host } from "./host.ts";
import { imageMembers } from "../formats/archives/image-members.ts";
import { single } from "./image-inputs.ts";

interface Candidate {
  readonly name: string;
  readonly sizeBytes: number;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  pixels(): Promise<Pixels>;
}

export interface ManifestInputs {
  readonly calibration: ImageSource;
  readonly evaluation: ImageSource;
  /** Of the images that are judged, where all have one. */
  readonly labels: Int32Array | null;
}

const SAMPLE_NAME = /^seed (\d{1,9})$/;

/** The images that a manifest of the page names: among the files of `folder`, or rendered where it names the sample's seeds. */
export async function manifestInputs(host: Host, card: ModelCard, path: string, folder: string | undefined): Promise<ManifestInputs> {
  const source = await single(host, path);
  const manifest = parseManifest(new TextDecoder().decode(await source.slice(0, source.byteLength)), path);
  const candidates = folder === undefined ? manifest.images.flatMap(({ name }) => sampleImage(name)) : await filesOf(host, folder);
  const { calibration, evaluation } = await resolveManifest(manifest, candidates, async (i) => digest(await candidates[i].bytes()));
  const judged = manifest.images.filter(({ use }) => use.includes("evaluation")).map(({ label }) => label);
  return {
    calibration: sourceOf(calibration.map((i) => candidates[i]), card),
    evaluation: sourceOf(evaluation.map((i) => candidates[i]), card),
    labels: judged.every((label) => label !== null) ? Int32Array.from(judged) : null,
  }; // prettier-ignore
}

function sampleImage(name: string): Candidate[] {
  const seed = SAMPLE_NAME.exec(name);
  if (!seed) return [];
  const pixels = (): Promise<Pixels> => Promise.resolve(renderSample(Number(seed[1])).pixels);
  return [{ name, sizeBytes: 0, pixels, bytes: async () => (await pixels()).rgb.slice() }];
}

async function filesOf(host: Host, folder: string): Promise<Candidate[]> {
  const { members } = await imageMembers(await host.open(folder));
  return members.map((file) => {
    const bytes = (): Promise<Uint8Array<ArrayBuffer>> => file.slice(0, file.byteLength);
    return { name: file.name, sizeBytes: file.byteLength, bytes, pixels: async () => host.decode(await bytes(), file.name) };
  });
}

function sourceOf(images: readonly Candidate[], { preprocessing }: ModelCard): ImageSource {
  return cropSource(images.length, (i) => images[i].pixels(), preprocessing);
}
