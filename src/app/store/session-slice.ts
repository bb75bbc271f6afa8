import type { KeptSet, NotKept } from "../session/file-shelf.ts";
import type { Session } from "../session/session.ts";
import type { LabelFile } from "../worker/label-file.ts";
import type { OpenedModel } from "../worker/lab-api.ts";
import { chosenPreprocessing } from "./inputs-slice.ts";
import type { SetSlice } from "./set-slice.ts";

/** What this browser keeps from visit to visit. */
export interface SessionSlice {
  /** Models in the private file system, newest first. */
  readonly recents: readonly KeptSet[];
  /** Which of them is open; null for the sample, or where it could not be kept. */
  readonly keptModel: string | null;
  /** The sentence of the last run, also of one before a reload. */
  readonly lastVerdict: string | null;
  /** Why the open model is not kept; null where it is, or nobody tried. */
  readonly notKept: NotKept | null;
  /** Whether the browser promised not to clear what is kept; null until it was asked, or where it does not say. */
  readonly mayStay: boolean | null;
  /** False once the browser refused to write the session down. */
  readonly isSessionKept: boolean;
  setNotKept(reason: NotKept | null): void;
  setMayStay(mayStay: boolean | null): void;
  setSessionKept(isSessionKept: boolean): void;
  setRecents(recents: readonly KeptSet[]): void;
  setKeptModel(id: string | null): void;
  setLastVerdict(sentence: string | null): void;
}

export function sessionSlice(set: SetSlice<SessionSlice>): SessionSlice {
  return {
    recents: [],
    keptModel: null,
    lastVerdict: null,
    notKept: null,
    mayStay: null,
    isSessionKept: true,
    setNotKept: (notKept) => set({ notKept }),
    setMayStay: (mayStay) => set({ mayStay }),
    setSessionKept: (isSessionKept) => set({ isSessionKept }),
    setRecents: (recents) => set({ recents }),
    setKeptModel: (keptModel) => set({ keptModel }),
    setLastVerdict: (lastVerdict) => set({ lastVerdict }),
  };
}

/** The part of the state that is written down. */
export function sessionOf(
  state: SessionSlice &
    Pick<Session, "panel" | "controls" | "versus" | "side" | "filter" | "usesSoftwareAdapter"> & {
      readonly model: OpenedModel | null;
      readonly modelFiles: readonly unknown[];
      readonly images: { readonly rule: Session["rule"]; readonly labelFile: LabelFile | null } | null;
    },
): Session {
  const { panel, controls, versus, side, filter, usesSoftwareAdapter, lastVerdict, keptModel, model, modelFiles, images } = state;
  const source =
    model === null ? null : modelFiles.length === 0 ? ({ kind: "sample" } as const) : ({ kind: "files", model: keptModel } as const);
  const labelColumns = images?.labelFile?.by === "person" ? images.labelFile.used : null;
  return {
    panel,
    controls,
    versus,
    side,
    filter,
    lastVerdict,
    source,
    rule: images?.rule ?? null,
    usesSoftwareAdapter,
    labelColumns,
    preprocessing: chosenPreprocessing(model),
  };
}
