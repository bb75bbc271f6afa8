import { InputError } from "../../tensor/input-error.ts";
import { linkGiven } from "../../tensor/link-given.ts";
import type { DroppedFile } from "../worker/lab-api.ts";

/** The parts of DataTransfer that a drop needs. */
export interface DropSource {
  readonly items: ArrayLike<{ readonly kind: string; webkitGetAsEntry?(): FileSystemEntry | null; getAsFile(): File | null }>;
  readonly files: ArrayLike<File>;
  /** What was dragged as text; "" for a type that is not there. */
  getData?(type: string): string;
}

/**
 * All files of a drop, folders walked. Browsers empty the DataTransfer at the first await, so every entry and file is taken
 * synchronously before it; callers must call this inside the drop event. A link without a file is refused with LINK_GIVEN.
 */
export async function collectDrop(source: DropSource): Promise<readonly DroppedFile[]> {
  const taken = Array.from(source.items)
    .filter((item) => item.kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() }));
  const plain = Array.from(source.files);
  const link = source.getData?.("text/uri-list").split(/\r?\n/).find((line) => /^https?:/i.test(line)); // prettier-ignore
  if (taken.length === 0 && plain.length === 0 && link !== undefined) throw linkGiven(link);
  // A drop made by a script has files without entries.
  if (taken.length === 0) return filesOf(plain);
  const found: DroppedFile[] = [];
  for (const { entry, file } of taken) {
    if (entry !== null) await walk(entry, found).catch((error: unknown) => Promise.reject(unreadable(entry, error)));
    else if (file !== null) found.push({ path: file.name, blob: file });
  }
  return found;
}

/** Files of an input element; a folder input keeps the path. */
export function filesOf(files: ArrayLike<File>): readonly DroppedFile[] {
  return Array.from(files).map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));
}

async function walk(entry: FileSystemEntry, found: DroppedFile[]): Promise<void> {
  if (isFileEntry(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    found.push({ path: entry.fullPath.replace(/^\//, ""), blob: file });
    return;
  }
  if (!isDirectoryEntry(entry)) return;
  const reader = entry.createReader();
  // readEntries gives at most 100 a call in Chromium, and an empty list at the end.
  for (;;) {
    const batch = await new Promise<readonly FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return;
    for (const child of batch) await walk(child, found);
  }
}

function unreadable(entry: FileSystemEntry, error: unknown): InputError {
  return new InputError("FILE_UNREADABLE", {
    what: `${entry.name} could not be read.`,
    why: error instanceof Error ? error.message : "The browser did not say why.",
    next: "Check that it still exists and that you may read it, then drop it again.",
  });
}

function isFileEntry(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectoryEntry(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
