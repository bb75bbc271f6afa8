import type { HubFile, HubRepository } from "../../formats/hub/repository.ts";
import type { BrowserHubShelf } from "../session/hub-shelf.ts";
import type { DroppedFile } from "../worker/lab-api.ts";
import type { JobRunner } from "./job-runner.ts";

/** A repository as it was listed. */
export interface HubListing {
  readonly repository: HubRepository;
  readonly files: readonly HubFile[];
  /** Paths of the files that make a model. */
  readonly suggested: readonly string[];
}

export interface HubActions {
  /** Asks the Hub; null when it was cancelled or failed. */
  listHub(name: string): Promise<HubListing | null>;
  /** Downloads the files, or takes those that are kept, and opens them as if they were dropped. */
  openHub(listing: HubListing, files: readonly HubFile[]): Promise<void>;
}

/** Nothing is asked of another server before one of these is called. */
export function createHubActions(
  jobs: JobRunner,
  openFiles: (files: readonly DroppedFile[]) => Promise<void>,
  openShelf: () => BrowserHubShelf,
): HubActions {
  return {
    async listHub(name) {
      let listing: HubListing | null = null;
      await jobs.run("Asking the Hub", false, async ({ signal }) => {
        const { listRepository, modelFilesOf, parseRepository } = await import("../../formats/hub/repository.ts");
        const repository = parseRepository(name);
        const files = await listRepository(repository, {}, signal);
        listing = { repository, files, suggested: modelFilesOf(files).map(({ path }) => path) };
        return `${repository.name} has ${files.length} files.`;
      });
      return listing;
    },
    async openHub({ repository }, files) {
      let dropped: readonly DroppedFile[] = [];
      const isDone = await jobs.run("Downloading from the Hub", false, async (job) => {
        const { downloadFiles } = await import("../../formats/hub/download.ts");
        const shelf = openShelf();
        await downloadFiles(repository, files, shelf, {}, job);
        const folder = repository.name.replace(/.*\//, "");
        dropped = await Promise.all(files.map(async (file) => ({ path: `${folder}/${file.path}`, blob: await shelf.read(file) })));
        return "The files are here.";
      });
      if (isDone) await openFiles(dropped);
    },
  };
}
