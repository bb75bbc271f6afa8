/** Downloading a repository's files: what is there already is kept, a file that was cut off goes on where it ended. */
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import { formatError } from "../error-codes.ts";
import { sizeText } from "../size-text.ts";
import { hubFailure, notFound, type HubFile, type HubOptions, type HubRepository } from "./repository.ts";

/** Where downloaded bytes go: a folder on disk, or the browser's private file system. */
export interface HubShelf {
  /** Bytes of the file that are there. */
  heldBytes(file: HubFile): Promise<number>;
  /** Opens the file for writing from that byte on. */
  open(file: HubFile, from: number): Promise<{ append(bytes: Uint8Array<ArrayBuffer>): Promise<void>; close(): Promise<void> }>;
  /** All bytes are there. */
  finish(file: HubFile): Promise<void>;
}

const DEFAULT_ENDPOINT = "https://huggingface.co";

/** Reports bytes. Throws InputError HUB_NOT_FOUND, HUB_UNREACHABLE or HUB_CHANGED. */
export async function downloadFiles(
  repository: HubRepository,
  files: readonly HubFile[],
  shelf: HubShelf,
  options: HubOptions = {},
  job?: Job,
): Promise<void> {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let before = 0;
  for (const file of files) {
    const report = (bytes: number) => job?.onProgress?.({ stage: `downloading ${file.path}`, done: before + bytes, total });
    const held = await shelf.heldBytes(file);
    if (held !== file.sizeBytes || held === 0)
      await downloadOne(repository, file, held > file.sizeBytes ? 0 : held, shelf, options, job, report);
    before += file.sizeBytes;
    report(0);
  }
}

async function downloadOne(
  repository: HubRepository,
  file: HubFile,
  held: number,
  shelf: HubShelf,
  options: HubOptions,
  job: Job | undefined,
  report: (bytes: number) => void,
): Promise<void> {
  throwIfCancelled(job);
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  const url = `${options.endpoint ?? DEFAULT_ENDPOINT}/${repository.name}/resolve/${encodeURIComponent(repository.revision)}/${path}`;
  let at = 0;
  try {
    const response = await (options.fetch ?? fetch)(url, {
      ...(held > 0 ? { headers: { Range: `bytes=${held}-` } } : {}),
      ...(job?.signal ? { signal: job.signal } : {}),
    });
    if (!response.ok) await response.body?.cancel();
    if (response.status >= 400 && response.status < 500) throw notFound(repository.name, response.status);
    if (!response.ok || !response.body) throw Object.assign(new Error("no file"), { statusCode: response.status });
    // A server that ignores the range sends everything again.
    at = response.status === 206 ? held : 0;
    const out = await shelf.open(file, at);
    const reader = response.body.getReader();
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        await out.append(part.value);
        at += part.value.length;
        report(at);
        if (at > file.sizeBytes) throw changed(file, at);
      }
    } finally {
      // What has come is kept, also when the rest never does; a body that nobody reads keeps its connection.
      await Promise.all([out.close(), reader.cancel().catch(() => undefined)]);
    }
  } catch (error) {
    throw hubFailure(error, repository.name);
  }
  if (at !== file.sizeBytes) throw changed(file, at);
  await shelf.finish(file);
}

function changed({ path, sizeBytes }: HubFile, gotBytes: number) {
  return formatError(
    "HUB_CHANGED",
    `${path} has come with ${sizeText(gotBytes)}.`,
    `The repository lists it with ${sizeText(sizeBytes)}: the connection broke, or the file changed meanwhile.`,
    "Download again; what has come is kept.",
  );
}
