import type { InspectedTensor } from "../../runner/inspect/inspect-graph.ts";
import type { SetSlice } from "./set-slice.ts";

/** What is known of the open model's weights; null until somebody asks. */
export interface InspectionSlice {
  readonly tensors: readonly InspectedTensor[] | null;
  setTensors(tensors: readonly InspectedTensor[]): void;
}

export function inspectionSlice(set: SetSlice<InspectionSlice>): InspectionSlice {
  return { tensors: null, setTensors: (tensors) => set({ tensors }) };
}
