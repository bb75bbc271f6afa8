/**
 * Models and images that were opened, kept in the origin's private file system (OPFS): they stay on this computer, out of reach of other sites.
 * Every set is a folder with its files as 0, 1, 2 ... and index.json with their names. The index is written last: a folder without one was cut off.
 */
import type { DroppedFile } from "../worker/lab-api.ts";

export interface KeptSet {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** ISO 8601. */
  readonly keptAt: string;
  readonly paths: readonly string[];
}

/** Why nothing is kept: the browser gives the page no private file system, or there is no room in it. */
export type NotKept = "no-storage" | "no-room";

export interface FileShelf {
  /** Newest first. */
  models(): Promise<readonly KeptSet[]>;
  /** A set that is already there becomes the newest. */
  keepModel(name: string, files: readonly DroppedFile[]): Promise<KeptSet | NotKept>;
  /** Asks the browser not to clear what is kept when it needs room. null where it cannot be asked. Some browsers ask the person. */
  askToStay(): Promise<boolean | null>;
  keepImages(files: readonly DroppedFile[]): Promise<void>;
  images(): Promise<readonly DroppedFile[]>;
  /** Null when it is gone. */
  open(id: string): Promise<readonly DroppedFile[] | null>;
  remove(id: string): Promise<void>;
}

const MODELS = "models";
const IMAGES = "images";
const MOST_IMAGES = 4096;
const MOST_IMAGE_BYTES = 1e9;
/** Room that is left to the browser. */
const SPARE_BYTES = 200e6;

/** `root`: the private file system's root, or null where there is none. */
export function createFileShelf(
  openRoot: () => Promise<FileSystemDirectoryHandle | null>,
  freeBytes: () => Promise<number>,
  askToStay: FileShelf["askToStay"],
): FileShelf {
  const folder = async (name: string): Promise<FileSystemDirectoryHandle | null> => {
    const root = await openRoot();
    return root === null ? null : root.getDirectoryHandle(name, { create: true });
  };

  async function models(): Promise<readonly KeptSet[]> {
    const parent = await folder(MODELS);
    if (parent === null) return [];
    const found: KeptSet[] = [];
    for await (const [id, handle] of parent.entries()) {
      const kept = handle.kind === "directory" ? await readIndex(handle as FileSystemDirectoryHandle, id) : null;
      if (kept !== null) found.push(kept);
      else await parent.removeEntry(id, { recursive: true }).catch(() => undefined);
    }
    return found.toSorted((a, b) => b.keptAt.localeCompare(a.keptAt));
  }

  return {
    models,
    askToStay,
    async keepModel(name, files) {
      const parent = await folder(MODELS);
      if (parent === null) return "no-storage";
      const sizeBytes = sizeOf(files);
      const paths = files.map(({ path }) => path);
      const known = (await models()).find((kept) => kept.sizeBytes === sizeBytes && kept.paths.join("\n") === paths.join("\n"));
      const keptAt = new Date().toISOString();
      if (known) {
        const again = { ...known, keptAt };
        await writeFile(await parent.getDirectoryHandle(known.id), "index.json", new Blob([JSON.stringify(again)]));
        return again;
      }
      if ((await freeBytes()) < sizeBytes + SPARE_BYTES) return "no-room";
      const kept = { id: crypto.randomUUID(), name, sizeBytes, keptAt, paths };
      await writeSet(await parent.getDirectoryHandle(kept.id, { create: true }), files, kept);
      return kept;
    },
    async keepImages(files) {
      const root = await openRoot();
      if (root === null) return;
      await root.removeEntry(IMAGES, { recursive: true }).catch(() => undefined);
      const sizeBytes = sizeOf(files);
      if (files.length === 0 || files.length > MOST_IMAGES || sizeBytes > MOST_IMAGE_BYTES || (await freeBytes()) < sizeBytes + SPARE_BYTES)
        return;
      const kept = { id: IMAGES, name: IMAGES, sizeBytes, keptAt: new Date().toISOString(), paths: files.map(({ path }) => path) };
      await writeSet(await root.getDirectoryHandle(IMAGES, { create: true }), files, kept);
    },
    async images() {
      const parent = await folder(IMAGES);
      return parent === null ? [] : ((await readSet(parent, IMAGES)) ?? []);
    },
    async open(id) {
      const parent = await folder(MODELS);
      try {
        return parent === null ? null : await readSet(await parent.getDirectoryHandle(id), id);
      } catch {
        return null; // removed in another tab
      }
    },
    async remove(id) {
      const parent = await folder(MODELS);
      await parent?.removeEntry(id, { recursive: true }).catch(() => undefined);
    },
  };
}

async function writeSet(folder: FileSystemDirectoryHandle, files: readonly DroppedFile[], kept: KeptSet): Promise<void> {
  for (const [i, { blob }] of files.entries()) await writeFile(folder, String(i), blob);
  await writeFile(folder, "index.json", new Blob([JSON.stringify(kept)]));
}

async function writeFile(folder: FileSystemDirectoryHandle, name: string, blob: Blob): Promise<void> {
  const handle = await folder.getFileHandle(name, { create: true });
  const out = await handle.createWritable();
  await blob.stream().pipeTo(out); // closes it
}

async function readSet(folder: FileSystemDirectoryHandle, id: string): Promise<readonly DroppedFile[] | null> {
  const kept = await readIndex(folder, id);
  if (kept === null) return null;
  return Promise.all(kept.paths.map(async (path, i) => ({ path, blob: await (await folder.getFileHandle(String(i))).getFile() })));
}

async function readIndex(folder: FileSystemDirectoryHandle, id: string): Promise<KeptSet | null> {
  try {
    const file = await (await folder.getFileHandle("index.json")).getFile();
    const { name, sizeBytes, keptAt, paths } = JSON.parse(await file.text()) as KeptSet;
    const isWhole = typeof name === "string" && typeof sizeBytes === "number" && typeof keptAt === "string" && Array.isArray(paths);
    return isWhole ? { id, name, sizeBytes, keptAt, paths } : null;
  } catch {
    return null; // cut off while it was written
  }
}

function sizeOf(files: readonly DroppedFile[]): number {
  return files.reduce((sum, { blob }) => sum + blob.size, 0);
}

/** The shelf of this browser; empty and silent where the file system is blocked (private windows of some browsers). */
export function browserShelf(): FileShelf {
  const openRoot = async (): Promise<FileSystemDirectoryHandle | null> => {
    try {
      return await navigator.storage.getDirectory();
    } catch {
      return null;
    }
  };
  const freeBytes = async (): Promise<number> => {
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    return quota - usage;
  };
  const askToStay = async (): Promise<boolean | null> => {
    try {
      return (await navigator.storage.persisted()) || (await navigator.storage.persist());
    } catch {
      return null;
    }
  };
  return createFileShelf(openRoot, freeBytes, askToStay);
}
