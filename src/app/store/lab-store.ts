import { createStore } from "zustand/vanilla";
import type { StoreApi } from "zustand/vanilla";
import { benchSlice } from "./bench-slice.ts";
import type { BenchSlice } from "./bench-slice.ts";
import { controlsSlice } from "./controls-slice.ts";
import type { ControlsSlice } from "./controls-slice.ts";
import { diagnosisSlice } from "./diagnosis-slice.ts";
import type { DiagnosisSlice } from "./diagnosis-slice.ts";
import { engineSlice } from "./engine-slice.ts";
import type { EngineSlice } from "./engine-slice.ts";
import { inputsSlice } from "./inputs-slice.ts";
import type { InputsSlice } from "./inputs-slice.ts";
import { inspectionSlice } from "./inspection-slice.ts";
import type { InspectionSlice } from "./inspection-slice.ts";
import { jobSlice } from "./job-slice.ts";
import type { JobSlice } from "./job-slice.ts";
import { recipeSitesSlice } from "./recipe-sites-slice.ts";
import type { RecipeSitesSlice } from "./recipe-sites-slice.ts";
import { resultSlice } from "./result-slice.ts";
import type { ResultSlice } from "./result-slice.ts";
import { sessionSlice } from "./session-slice.ts";
import type { SessionSlice } from "./session-slice.ts";
import { sharedSlice } from "./shared-slice.ts";
import type { SharedSlice } from "./shared-slice.ts";
import { sweepSlice } from "./sweep-slice.ts";
import type { SweepSlice } from "./sweep-slice.ts";
import { tourSlice } from "./tour-slice.ts";
import type { TourSlice } from "./tour-slice.ts";
import { twinSlice } from "./twin-slice.ts";
import type { TwinSlice } from "./twin-slice.ts";
import { viewSlice } from "./view-slice.ts";
import type { ViewSlice } from "./view-slice.ts";

/** The page's whole state: slices, no React in any of them. */
export type LabState = EngineSlice &
  InputsSlice &
  ControlsSlice &
  RecipeSitesSlice &
  JobSlice &
  ResultSlice &
  ViewSlice &
  InspectionSlice &
  DiagnosisSlice &
  SweepSlice &
  BenchSlice &
  SharedSlice &
  SessionSlice &
  TourSlice &
  TwinSlice;
export type LabStore = StoreApi<LabState>;

export function createLabStore(): LabStore {
  return createStore<LabState>()((set) => ({
    ...engineSlice(set),
    ...inputsSlice(set),
    ...controlsSlice(set),
    ...recipeSitesSlice(set),
    ...jobSlice(set),
    ...resultSlice(set),
    ...viewSlice(set),
    ...inspectionSlice(set),
    ...diagnosisSlice(set),
    ...sweepSlice(set),
    ...benchSlice(set),
    ...sharedSlice(set),
    ...sessionSlice(set),
    ...tourSlice(set),
    ...twinSlice(set),
  }));
}
