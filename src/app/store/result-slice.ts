import type { Filter, Side } from "../results/image-rows.ts";
import type { LabComparison } from "../worker/lab-api.ts";
import type { SetSlice } from "./set-slice.ts";

/** The last comparison and how it is looked at. */
export interface ResultSlice {
  readonly result: LabComparison | null;
  readonly side: Side;
  readonly filter: Filter;
  setResult(result: LabComparison): void;
  setSide(side: Side): void;
  setFilter(filter: Filter): void;
}

export function resultSlice(set: SetSlice<ResultSlice>): ResultSlice {
  return {
    result: null,
    side: "main",
    filter: "all",
    // A run without baseline has only one side, and nothing rescued.
    setResult: (result) =>
      set((state) => ({
        result,
        side: result.baseline === null ? "main" : state.side,
        filter: result.baseline === null && state.filter === "rescued" ? "all" : state.filter,
      })),
    setSide: (side) => set((state) => ({ side, filter: side === "baseline" && state.filter === "rescued" ? "all" : state.filter })),
    setFilter: (filter) => set({ filter }),
  };
}
