/** What tells one model or set of images from another: digests of weights, and of each image's pixels as the model reads them, whatever its file is called. */
import type { Graph } from "../graph/graph.ts";
import type { ImageSource } from "./image-source.ts";

const BATCH = 8;

/** SHA-256 of each of the first `count` images, hexadecimal. */
export async function digestImages(images: ImageSource, count = images.count): Promise<string[]> {
  const digests: string[] = [];
  for (let start = 0; start < count; start += BATCH) {
    const end = Math.min(count, start + BATCH);
    const { data } = await images.batch(start, end);
    const perImage = data.length / (end - start);
    for (let i = 0; i < end - start; i++) digests.push(await digest(data.slice(i * perImage, (i + 1) * perImage)));
  }
  return digests;
}

/** SHA-256 over all weights of a float model, hexadecimal. */
export async function digestWeights(graph: Graph): Promise<string> {
  const parts: string[] = [];
  for (const { name, weights } of graph.nodes) {
    for (const [key, { data }] of Object.entries(weights)) parts.push(`${name}.${key}=${await digest(data.slice())}`);
  }
  return digest(new TextEncoder().encode(parts.join("\n")));
}

export async function digest(data: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A sentence when images that calibrate are also judged, which flatters the quantized model; null when the sets are apart. */
export function overlapWarning(
  calibration: readonly string[],
  evaluation: readonly string[],
): { code: "CALIBRATION_OVERLAP"; text: string } | null {
  const known = new Set(calibration);
  const shared = evaluation.filter((image) => known.has(image)).length;
  if (shared === 0) return null;
  const text = `${shared} of ${evaluation.length} evaluation images are calibration images too: the figures flatter the quantized model. Use others.`;
  return { code: "CALIBRATION_OVERLAP", text };
}
