/** Writes the models of the last run as files: the package, and the formats of other tools, each read back and compared. */
import type { ModelCard } from "../../models/config.ts";
import type { QuantizedModel } from "../../runner/quantize-model.ts";
import { exportFormats, exportModel } from "../../runner/export/index.ts";
import { fileStem } from "../../runner/export/export-format.ts";
import { writePackage } from "../../runner/package.ts";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import type { HeldModel } from "./diagnosis-api.ts";
import { runGone } from "./diagnosis-desk.ts";
import type { ExportChoice, LabExport } from "./lab-api.ts";

/** What a run leaves to be written. */
export interface ExportedRun {
  readonly id: string;
  readonly card: ModelCard;
  readonly main: QuantizedModel;
  readonly baseline: QuantizedModel | null;
}

export interface ExportDesk {
  /** Forgets the run before. */
  hold(run: ExportedRun): void;
  write(held: HeldModel, format: string, job: Job): Promise<LabExport>;
}

const PACKAGE: ExportChoice = {
  name: "package",
  label: "Vitrine package",
  summary: "codes at their true bits; opens here and on the command line",
};

export const exportChoices: readonly ExportChoice[] = [
  PACKAGE,
  ...exportFormats.map(({ name, label, summary }) => ({ name, label, summary })),
];

export function createExportDesk(): ExportDesk {
  let run: ExportedRun | null = null;
  return {
    hold(next) {
      run = next;
    },
    async write({ comparison, side }, format, job) {
      const model = side === "main" ? run?.main : run?.baseline;
      if (run === null || run.id !== comparison || !model) throw runGone();
      const { card } = run;
      const { graph, request } = model;
      job.onProgress?.({ stage: "writing and reading back", done: 0, total: 0 });
      throwIfCancelled(job);
      if (format === PACKAGE.name) {
        const name = `${fileStem({ card, request })}.vitrine.safetensors`;
        return { files: [{ name, bytes: writePackage(graph, card, request) }], readBack: null, notes: [] };
      }
      const { files, check, notes } = await exportModel(format, { graph, card, request });
      throwIfCancelled(job);
      return { files, readBack: check.readBack, notes };
    },
  };
}
