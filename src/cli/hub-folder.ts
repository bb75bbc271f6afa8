/** A folder on disk that a repository is downloaded into. A file that is not whole yet has its digest and ".part" behind its name. */
import { mkdir, open, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HubShelf } from "../formats/hub/download.ts";
import type { HubFile } from "../formats/hub/repository.ts";

export function hubFolder(folder: string): HubShelf {
  const whole = ({ path }: HubFile) => join(folder, path);
  const part = (file: HubFile) => `${whole(file)}.${file.digest.slice(0, 12)}.part`;
  const sizeOf = (path: string) =>
    stat(path).then(
      ({ size }) => size,
      () => 0,
    );
  return {
    async heldBytes(file) {
      const done = await sizeOf(whole(file));
      return done === file.sizeBytes ? done : sizeOf(part(file));
    },
    async open(file, from) {
      await mkdir(dirname(whole(file)), { recursive: true });
      const handle = await open(part(file), from > 0 ? "r+" : "w");
      let at = from;
      return {
        async append(bytes) {
          await handle.write(bytes, 0, bytes.length, at);
          at += bytes.length;
        },
        close: () => handle.close(),
      };
    },
    finish: (file) => rename(part(file), whole(file)),
  };
}
