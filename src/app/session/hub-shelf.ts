/** Files from the Hub in the origin's private file system, by their digest: a download that was cut off goes on, and a file that is there is not fetched again. */
import type { HubShelf } from "../../formats/hub/download.ts";
import type { HubFile } from "../../formats/hub/repository.ts";

export interface BrowserHubShelf extends HubShelf {
  read(file: HubFile): Promise<Blob>;
}

const FOLDER = "hub";

/** `openRoot` gives null where there is no such file system: files are then held in memory, for this visit. */
export function createHubShelf(openRoot: () => Promise<FileSystemDirectoryHandle | null>): BrowserHubShelf {
  const inMemory = new Map<string, Blob>();
  const nameOf = ({ digest }: HubFile) => digest.replace(/\W/g, "_");
  async function handleOf(file: HubFile): Promise<FileSystemFileHandle | null> {
    const root = await openRoot();
    if (root === null) return null;
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    return folder.getFileHandle(nameOf(file), { create: true });
  }
  async function read(file: HubFile): Promise<Blob> {
    const handle = await handleOf(file);
    return handle ? handle.getFile() : (inMemory.get(nameOf(file)) ?? new Blob([]));
  }
  return {
    read,
    heldBytes: async (file) => (await read(file)).size,
    async open(file, from) {
      const handle = await handleOf(file);
      if (!handle) {
        let held = from > 0 ? await read(file) : new Blob([]);
        return {
          append: (bytes) => {
            held = new Blob([held, bytes]);
            return Promise.resolve();
          },
          close: () => Promise.resolve(void inMemory.set(nameOf(file), held)),
        };
      }
      const out = await handle.createWritable({ keepExistingData: from > 0 });
      await out.seek(from);
      return { append: (bytes) => out.write(bytes), close: () => out.close() };
    },
    finish: () => Promise.resolve(),
  };
}

export function browserHubShelf(): BrowserHubShelf {
  return createHubShelf(() => navigator.storage.getDirectory().catch(() => null));
}
