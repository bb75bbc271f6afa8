import type { SetSlice } from "./set-slice.ts";

/** Where somebody is in the laboratory. */
export const PANEL_NAMES = ["open", "inspect", "data", "recipe", "compare", "diagnose", "sweep", "bench", "report"] as const;
export type PanelName = (typeof PANEL_NAMES)[number];

export interface ViewSlice {
  readonly panel: PanelName;
  setPanel(panel: PanelName): void;
}

export function viewSlice(set: SetSlice<ViewSlice>): ViewSlice {
  return {
    panel: "open",
    setPanel: (panel) => set({ panel }),
  };
}

export function isPanelName(text: string): text is PanelName {
  return PANEL_NAMES.some((name) => name === text);
}
