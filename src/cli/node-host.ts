import { readdir, stat, mkdir, open as openFile, writeFile } from "node:fs/promises";
import { belongingTo } from "./model-files.ts";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { create, globals } from "webgpu";
import type { ByteSource } from "../formats/byte-source.ts";
import { currentGpu } from "../gpu/current-gpu.ts";
import { openGpu } from "../gpu/device.ts";
import { createTunings } from "../runner/tune/tune-store.ts";
import { InputError } from "../tensor/input-error.ts";
import { linkGiven } from "../tensor/link-given.ts";
import type { Job } from "../tensor/progress.ts";
import { hubFolder } from "./hub-folder.ts";
import { decodeInNode } from "./decode-node.ts";
import { cacheFolder, folderStore } from "./folder-store.ts";
import type { Host } from "./host.ts";

/** Files, Dawn and sharp: the commands in Node. */
export function createNodeHost(job: Job): Host & { close(): void } {
  Object.assign(globalThis, globals);
  // Dawn aborts the process when its instance is collected while work runs: it lives as long as the host.
  let instance: GPU | undefined;
  let isOpened = false;
  const gpu = currentGpu(() => {
    isOpened = true;
    return openGpu((instance ??= create([])));
  });
  return {
    runtime: `Node ${process.version}, Dawn`,
    job,
    open: (path, withModelFiles = false) =>
      /^https?:/i.test(path) ? Promise.reject(linkGiven(path)) : openPath(resolve(path), withModelFiles),
    async write(path, bytes) {
      await mkdir(dirname(resolve(path)), { recursive: true });
      await writeFile(path, bytes);
    },
    gpu,
    tunings: createTunings(folderStore(join(cacheFolder(), "tuning"))),
    hubFolder: (path) => Promise.resolve(hubFolder(resolve(path))),
    decode: decodeInNode,
    close() {
      if (isOpened) void gpu().then(({ device }) => device.destroy());
    },
  };
}

async function openPath(path: string, withModelFiles: boolean): Promise<readonly ByteSource[]> {
  const info = await stat(path).catch(() => null);
  if (!info) {
    throw new InputError("FILE_NOT_FOUND", {
      what: `"${path}" does not exist.`,
      why: "There is nothing to read.",
      next: "Check the path.",
    });
  }
  if (!info.isDirectory()) {
    const beside = withModelFiles ? belongingTo(basename(path), await readdir(dirname(path))) : [];
    const names = [basename(path), ...beside];
    return Promise.all(
      names.map(async (name) => fileSource(join(dirname(path), name), name, (await stat(join(dirname(path), name))).size)),
    );
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  // Links count by what they point to: a model hub's cache is a folder of links.
  const found = await Promise.all(
    entries.map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      return { file, info: await stat(file).catch(() => null) };
    }),
  );
  const sources = found.flatMap(({ file, info }) =>
    info?.isFile() ? [fileSource(file, relative(path, file).split(sep).join("/"), info.size)] : [],
  );
  return sources.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function fileSource(path: string, name: string, byteLength: number): ByteSource {
  return {
    name,
    byteLength,
    async slice(start, end) {
      const bytes = new Uint8Array(end - start);
      const file = await openFile(path);
      try {
        let read = 0;
        while (read < bytes.length) {
          const { bytesRead } = await file.read(bytes, read, bytes.length - read, start + read);
          if (bytesRead === 0) throw truncated(name, start + read);
          read += bytesRead;
        }
      } finally {
        await file.close();
      }
      return bytes;
    },
  };
}

function truncated(name: string, at: number): InputError {
  return new InputError("TRUNCATED", {
    what: `"${name}" ends at byte ${at}.`,
    why: "More was announced.",
    next: "Download or copy it again.",
  });
}
