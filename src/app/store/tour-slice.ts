import type { SetSlice } from "./set-slice.ts";

/** The walk through the sample on a first visit; null while nobody walks. */
export interface TourSlice {
  readonly tourStep: number | null;
  setTourStep(step: number | null): void;
}

export function tourSlice(set: SetSlice<TourSlice>): TourSlice {
  return { tourStep: null, setTourStep: (tourStep) => set({ tourStep }) };
}
