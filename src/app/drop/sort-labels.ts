import type { SortedFiles } from "./sort-files.ts";

const JSON_FILE = /\.json$/i;
/** What comes with models; it is not looked into. */
const MODEL_JSON =
  /(^|\/)((preprocessor_|generation_|tokenizer_|quantize_)?config|tokenizer|vocab|special_tokens_map|[^/]*\.index)\.json$/i;
/** More is no table that somebody wrote. */
const MOST_BYTES = 64e6;

/** JSON that holds labels of pictures belongs to the images; all other stays with the model. */
export async function sortLabels(sorted: SortedFiles): Promise<SortedFiles> {
  const candidates = sorted.model.filter(({ path, blob }) => JSON_FILE.test(path) && !MODEL_JSON.test(path) && blob.size <= MOST_BYTES);
  if (candidates.length === 0) return sorted;
  const { holdsLabels } = await import("../../formats/label-table.ts");
  const found = new Set<SortedFiles["model"][number]>();
  for (const file of candidates) if (holdsLabels(await file.blob.text(), file.path)) found.add(file);
  return { ...sorted, model: sorted.model.filter((file) => !found.has(file)), images: [...sorted.images, ...found] };
}
