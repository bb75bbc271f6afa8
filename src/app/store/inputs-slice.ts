import { printPreprocessing, samePreprocessing } from "../../images/print-preprocessing.ts";
import type { Preprocessing } from "../../images/preprocessing.ts";
import type { NormalisationCheck } from "../../runner/data/check-normalisation.ts";
import type { ModelChoice } from "../drop/model-choices.ts";
import type { DroppedFile, ImageSet, LabStability, OpenedModel } from "../worker/lab-api.ts";
import type { BenchSlice } from "./bench-slice.ts";
import type { DiagnosisSlice } from "./diagnosis-slice.ts";
import type { InspectionSlice } from "./inspection-slice.ts";
import type { RecipeSitesSlice } from "./recipe-sites-slice.ts";
import type { ResultSlice } from "./result-slice.ts";
import type { SharedSlice } from "./shared-slice.ts";
import type { SetSlice } from "./set-slice.ts";
import { NO_SWEEP } from "./sweep-slice.ts";
import type { SweepSlice } from "./sweep-slice.ts";
import type { TwinSlice } from "./twin-slice.ts";

/** What the user gave: the open model and images, and the files they came from, to open them again with another head count. */
export interface InputsSlice {
  readonly model: OpenedModel | null;
  /** Empty for the sample. */
  readonly modelFiles: readonly DroppedFile[];
  readonly images: ImageSet | null;
  /** The user's image files; kept when they come before a model. */
  readonly imageFiles: readonly DroppedFile[];
  /** Of the last drop: names of files that are neither model nor image. */
  readonly ignoredFiles: readonly string[];
  setIgnoredFiles(names: readonly string[]): void;
  /** Where the last drop held several models: which of them could be meant. */
  readonly modelChoices: readonly ModelChoice[];
  /** Places of two among them that can be compared with each other, the reference first. */
  readonly modelPairs: readonly (readonly [number, number])[];
  setModelChoices(choices: readonly ModelChoice[], pairs: InputsSlice["modelPairs"]): void;
  /** How much the scales depend on which images calibrate; null until somebody asks. */
  readonly stability: LabStability | null;
  setStability(stability: LabStability): void;
  /** How the float model does under other normalisations; null until somebody asks. */
  readonly normalisation: NormalisationCheck | null;
  setNormalisation(check: NormalisationCheck): void;
  setSample(model: OpenedModel, images: ImageSet): void;
  /** A new model makes earlier results and opened images void; image files stay for opening them with the new preprocessing. */
  setModel(model: OpenedModel, files: readonly DroppedFile[]): void;
  setImages(images: ImageSet, files: readonly DroppedFile[]): void;
  /** Images prepared in another way: results stay and are stale where they judge the same images; what was found on the images alone is void. */
  setPrepared(model: OpenedModel, images: ImageSet | null): void;
  holdImageFiles(files: readonly DroppedFile[]): void;
}

export function inputsSlice(
  set: SetSlice<
    InputsSlice &
      Pick<ResultSlice, "result" | "side" | "filter"> &
      Pick<InspectionSlice, "tensors"> &
      Pick<RecipeSitesSlice, "recipeSites"> &
      Pick<SharedSlice, "fingerprint"> &
      Pick<TwinSlice, "twin" | "twinFiles"> &
      Pick<DiagnosisSlice, "diagnosis"> &
      Pick<BenchSlice, "profile"> &
      Pick<SweepSlice, "sweepFloat" | "sweepRows">
  >,
): InputsSlice {
  const noResult = {
    fingerprint: null,
    stability: null,
    normalisation: null,
    result: null,
    side: "main",
    filter: "all",
    diagnosis: null,
    twin: null,
    ...NO_SWEEP,
  } as const;
  const noModel = { tensors: null, recipeSites: null, profile: null, twinFiles: null } as const;
  return {
    model: null,
    modelFiles: [],
    images: null,
    imageFiles: [],
    ignoredFiles: [],
    setIgnoredFiles: (ignoredFiles) => set({ ignoredFiles }),
    modelChoices: [],
    modelPairs: [],
    setModelChoices: (modelChoices, modelPairs) => set({ modelChoices, modelPairs }),
    stability: null,
    setStability: (stability) => set({ stability }),
    normalisation: null,
    setNormalisation: (normalisation) => set({ normalisation }),
    setSample: (model, images) => set({ model, modelFiles: [], images, imageFiles: [], ignoredFiles: [], ...noModel, ...noResult }),
    setModel: (model, modelFiles) => set({ model, modelFiles, images: null, ...noModel, ...noResult }),
    setImages: (images, imageFiles) => set({ images, imageFiles, ...noResult }),
    setPrepared: (model, images) =>
      set((state) => {
        const isSame =
          images !== null && JSON.stringify(namesOf(images)) === JSON.stringify(state.images === null ? [] : namesOf(state.images));
        return {
          model,
          images,
          ...(isSame ? { fingerprint: null, stability: null, normalisation: null, twin: null, ...NO_SWEEP } : noResult),
        };
      }),
    holdImageFiles: (imageFiles) => set({ imageFiles }),
  };
}

/** What somebody chose instead of the model's own preprocessing, as text; null where nothing was. */
export function chosenPreprocessing(model: OpenedModel | null): string | null {
  return model === null ? null : otherThanStated(model, model.card.preprocessing);
}

/** The same of the preprocessing that a run was made with. */
export function otherThanStated({ stated }: Pick<OpenedModel, "stated">, used: Preprocessing): string | null {
  return samePreprocessing(used, stated.preprocessing) ? null : printPreprocessing(used);
}

function namesOf({ evaluation }: ImageSet): readonly string[] {
  return evaluation.map(({ id, name }) => `${id} ${name}`);
}
