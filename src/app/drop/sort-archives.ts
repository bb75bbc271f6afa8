import { fromBlob } from "../../formats/byte-source.ts";
import type { DroppedFile } from "../worker/lab-api.ts";
import type { SortedFiles } from "./sort-files.ts";

const ARCHIVE = /\.(zip|tar|tgz|tar\.gz)$/i;
const WEIGHTS = /\.(safetensors|pth?|bin|ckpt|npz|onnx|pkl)$/i;
const IMAGE = /\.(jpe?g|png|webp|gif|bmp)$/i;

/** Archives that hold pictures and no weights belong to the images; only their tables of contents are read. Damaged ones stay: their reader says what is wrong. */
export async function sortArchives(sorted: SortedFiles): Promise<SortedFiles> {
  const archives = sorted.model.filter(({ path }) => ARCHIVE.test(path));
  if (archives.length === 0) return sorted;
  const { expandArchives } = await import("../../formats/archives/expand.ts");
  const holdsImages = async ({ path, blob }: DroppedFile): Promise<boolean> => {
    const members = await expandArchives([fromBlob(blob, path)]).catch(() => []);
    return members.some(({ name }) => IMAGE.test(name)) && !members.some(({ name }) => WEIGHTS.test(name));
  };
  const found = new Set<DroppedFile>();
  for (const archive of archives) if (await holdsImages(archive)) found.add(archive);
  return {
    ...sorted,
    model: sorted.model.filter((file) => !found.has(file)),
    images: [...sorted.images, ...found],
  };
}
