import type { ProfileReport } from "../../runner/profile/profile-report.ts";
import type { AdapterTuning } from "../../runner/tune/adapter-tuning.ts";
import type { BenchRequest } from "../worker/bench-api.ts";
import type { SetSlice } from "./set-slice.ts";

/** A profile that was read from a file, to compare with. */
export interface SavedProfile {
  readonly name: string;
  readonly report: ProfileReport;
}

/** What this adapter was measured for. */
export interface BenchSlice {
  readonly benchRequest: BenchRequest;
  /** null until it was measured, in this visit or an earlier one. */
  readonly tuning: AdapterTuning | null;
  /** How long the tab was hidden while it was measured: more than 0 makes it doubtful. */
  readonly tuningHiddenMs: number;
  /** Of the open model; null until somebody asks. */
  readonly profile: ProfileReport | null;
  readonly savedProfile: SavedProfile | null;
  /** Devices that were lost, and opened again, in this visit. */
  readonly deviceLosses: number;
  /** Models run on a software adapter instead of WebAssembly, which is faster. */
  readonly usesSoftwareAdapter: boolean;
  setBenchRequest(request: Partial<BenchRequest>): void;
  setTuning(tuning: AdapterTuning | null, hiddenMs?: number): void;
  setProfile(profile: ProfileReport): void;
  setSavedProfile(saved: SavedProfile | null): void;
  setDeviceLosses(count: number): void;
  setUsesSoftwareAdapter(isUsed: boolean): void;
}

export function benchSlice(set: SetSlice<BenchSlice>): BenchSlice {
  return {
    benchRequest: { model: "float", images: 1 },
    tuning: null,
    tuningHiddenMs: 0,
    profile: null,
    savedProfile: null,
    deviceLosses: 0,
    usesSoftwareAdapter: false,
    setBenchRequest: (request) => set(({ benchRequest }) => ({ benchRequest: { ...benchRequest, ...request } })),
    setTuning: (tuning, tuningHiddenMs = 0) => set({ tuning, tuningHiddenMs }),
    setProfile: (profile) => set({ profile }),
    setSavedProfile: (savedProfile) => set({ savedProfile }),
    setDeviceLosses: (deviceLosses) => set({ deviceLosses }),
    setUsesSoftwareAdapter: (usesSoftwareAdapter) => set({ usesSoftwareAdapter }),
  };
}
