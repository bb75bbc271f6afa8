import type { QuantizeRequest } from "../../runner/comparison.ts";
import type { Observations } from "../../runner/diagnose/observe-model.ts";
import type { Ranking } from "../../runner/diagnose/rank-parts.ts";
import type { ErrorSplit } from "../../runner/diagnose/split-error.ts";
import type { DiagnosisPart, HeldModel } from "../worker/diagnosis-api.ts";
import type { SetSlice } from "./set-slice.ts";

/** What has been measured about one model of one comparison, as far as it has come. */
export interface ShownDiagnosis extends HeldModel {
  readonly request: QuantizeRequest;
  readonly observations: Observations | null;
  readonly split: ErrorSplit | null;
  readonly rankings: readonly Ranking[];
}

export interface DiagnosisSlice {
  readonly diagnosis: ShownDiagnosis | null;
  /** A part of another model's diagnosis makes the shown one void. */
  addDiagnosis(model: HeldModel, request: QuantizeRequest, part: DiagnosisPart): void;
}

export function diagnosisSlice(set: SetSlice<DiagnosisSlice>): DiagnosisSlice {
  return {
    diagnosis: null,
    addDiagnosis: ({ comparison, side }, request, part) =>
      set(({ diagnosis }) => {
        const isSame = diagnosis !== null && diagnosis.comparison === comparison && diagnosis.side === side;
        const before = isSame ? diagnosis : { comparison, side, request, observations: null, split: null, rankings: [] };
        return { diagnosis: withPart(before, part) };
      }),
  };
}

function withPart(before: ShownDiagnosis, part: DiagnosisPart): ShownDiagnosis {
  if (part.part === "observations") return { ...before, observations: part.observations };
  if (part.part === "split") return { ...before, split: part.split };
  const others = before.rankings.filter(({ kind, mode }) => kind !== part.ranking.kind || mode !== part.ranking.mode);
  return { ...before, rankings: [...others, part.ranking] };
}
