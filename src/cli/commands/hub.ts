import { downloadFiles } from "../../formats/hub/download.ts";
import { listRepository, modelFilesOf, parseRepository } from "../../formats/hub/repository.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { Command } from "../host.ts";

export const hub: Command = {
  name: "hub",
  summary:
    "the files of a model on the Hugging Face Hub with their sizes; with --out-dir they are downloaded, going on where an earlier try ended",
  options: {
    repository: { value: "OWNER/NAME", help: "with @revision where it is not the main one", required: true },
    "out-dir": { value: "DIR", help: "where the files go: give it as --model afterwards" },
    files: { value: "PATHS", help: "paths, separated by commas (default: the weights in their best form, and configurations)" },
    endpoint: { value: "URL", help: "another server than the Hub's own" },
  },
  async run(options, host) {
    const repository = parseRepository(options.repository ?? "");
    const hubOptions = { endpoint: options.endpoint?.replace(/\/+$/, "") };
    const listed = await listRepository(repository, hubOptions, host.job.signal);
    const names = options.files?.split(",");
    const missing = names?.find((name) => !listed.some(({ path }) => path === name));
    if (missing !== undefined) {
      throw new InputError("FILE_NOT_FOUND", {
        what: `"${missing}" does not exist in ${repository.name}.`,
        why: `The repository has ${listed.length} files.`,
        next: "Run the command without --files to see them.",
      });
    }
    const chosen = names ? listed.filter(({ path }) => names.includes(path)) : modelFilesOf(listed);
    const folder = options["out-dir"];
    if (folder !== undefined) {
      if (!host.hubFolder) {
        throw new InputError("USAGE", {
          what: "The command hub was given --out-dir together with --browser.",
          why: "A page cannot write into a folder bit by bit.",
          next: "Leave --browser out.",
        });
      }
      await downloadFiles(repository, chosen, await host.hubFolder(folder), hubOptions, host.job);
    }
    return {
      repository,
      files: listed.map(({ path, sizeBytes }) => ({ path, sizeBytes, chosen: chosen.some((file) => file.path === path) })),
      chosenBytes: chosen.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      ...(folder === undefined ? {} : { folder }),
    };
  },
};
