import type { DroppedFile, LabTwin } from "../worker/lab-api.ts";
import type { SetSlice } from "./set-slice.ts";

/** Another float model that the open one is compared with. */
export interface TwinSlice {
  /** Its files; null where no other model is compared. They stay as long as the open model does. */
  readonly twinFiles: readonly DroppedFile[] | null;
  /** What came of it; shown instead of a recipe's results. */
  readonly twin: LabTwin | null;
  setTwinFiles(files: readonly DroppedFile[] | null): void;
  setTwin(twin: LabTwin | null): void;
}

export function twinSlice(set: SetSlice<TwinSlice>): TwinSlice {
  return { twinFiles: null, twin: null, setTwinFiles: (twinFiles) => set({ twinFiles }), setTwin: (twin) => set({ twin }) };
}
