import { fromBlob } from "../../formats/byte-source.ts";
import type { DroppedFile } from "../worker/lab-api.ts";

/** One of several models that came together, with everything beside it that is no other model's. */
export interface ModelChoice {
  readonly name: string;
  readonly files: readonly DroppedFile[];
}

/** What can be chosen from; empty where models lie in one archive, which is opened whole. */
export async function modelChoices(files: readonly DroppedFile[]): Promise<readonly ModelChoice[]> {
  const { modelCandidates } = await import("../../formats/open-model.ts");
  const candidates = await modelCandidates(files.map(({ path, blob }) => fromBlob(blob, path)));
  const paths = new Set(files.map(({ path }) => path));
  if (candidates.some((candidate) => candidate.files.some((name) => !paths.has(name)))) return [];
  return candidates.map(({ name, files: own }) => {
    const weights = candidates.flatMap((other) => other.files);
    const ownFolders = new Set(own.map(folderOf));
    // A configuration in another model's folder is that model's.
    const otherFolders = new Set(weights.map(folderOf).filter((folder) => !ownFolders.has(folder)));
    const isShared = (path: string): boolean => !weights.includes(path) && !otherFolders.has(folderOf(path));
    return { name, files: files.filter(({ path }) => own.includes(path) || isShared(path)) };
  });
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
