import type { AttentionMaps } from "../../runner/diagnose/attention-maps.ts";
import { parseBitSettings } from "../../runner/sweep/bit-setting.ts";
import type { SweepRow } from "../../runner/sweep/sweep.ts";
import type { Job } from "../../tensor/progress.ts";
import type { LabStore } from "../store/lab-store.ts";
import { mostChanged } from "../results/predictions.ts";
import { contestantsOf } from "../store/sweep-slice.ts";
import type { AttentionRequest, DiagnosisAsk } from "../worker/diagnosis-api.ts";
import type { LabClient } from "../worker/lab-client.ts";
import type { JobRunner } from "./job-runner.ts";

/** Looking into a comparison, and running many. */
export interface DiagnosisActions {
  /** Measures one after the other on the shown side; what is done stays when the rest is cancelled. */
  diagnose(asks: readonly DiagnosisAsk[]): Promise<void>;
  /** Not a job of the page: its own section shows how far it is. */
  attention(request: AttentionRequest, job: Job): Promise<AttentionMaps | null>;
  /** Runs what the axes name and earlier sweeps have not. */
  sweep(): Promise<void>;
  /** A point of a sweep as settings, compared afresh. */
  openRow(row: SweepRow): Promise<void>;
}

/** Images that a diagnosis looks at: every activation of each is computed several times. */
const DIAGNOSED_IMAGES = 4;

export function createDiagnosisActions(
  store: LabStore,
  client: LabClient,
  jobs: JobRunner,
  compareNow: (job: Job) => Promise<string>,
): DiagnosisActions {
  const state = store.getState;
  return {
    attention: (request, job) => client.attention(request, job),
    async diagnose(asks) {
      const { result, side } = state();
      if (result === null) return;
      const shown = side === "baseline" && result.baseline !== null ? side : "main";
      const model = { comparison: result.id, side: shown } as const;
      const diagnosed = shown === "main" ? result.main : (result.baseline ?? result.main);
      const images = mostChanged(diagnosed, DIAGNOSED_IMAGES);
      await jobs.run("Diagnosing", false, async (job) => {
        for (const ask of asks) {
          state().renameJob(TITLES[ask.part]);
          const part = await client.diagnose({ ...model, ask, images }, job);
          job.signal?.throwIfAborted();
          state().addDiagnosis(model, diagnosed.request, part);
        }
        return "Diagnosed.";
      });
    },
    async sweep() {
      const { model, images, sweepAxes, sweepRows, controls } = state();
      if (model === null || images === null) return;
      await jobs.run("Sweeping", false, async (job) => {
        const bits = parseBitSettings(sweepAxes.bits.join(","));
        const contestants = contestantsOf(sweepAxes, controls);
        await client.sweep({ contestants, bits, known: sweepRows }, job, (news) => state().addSweepNews(news));
        job.signal?.throwIfAborted();
        return `Swept: ${state().sweepRows.length} runs.`;
      });
    },
    async openRow({ recipe, rules, bits }) {
      const [setting] = parseBitSettings(bits);
      if (setting === undefined) return;
      const { weightBits, activationBits, attentionBits } = setting;
      state().setControls({ recipe, weightBits, activationBits, attentionBits, rules, levels: "strict" });
      state().setPanel("compare");
      await jobs.run("Comparing", false, compareNow);
    },
  };
}

const TITLES = { observations: "Looking at every layer", split: "Weights or activations", ranking: "Ranking" } as const;
