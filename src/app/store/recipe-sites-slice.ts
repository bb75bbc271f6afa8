import type { LabRecipeSites } from "../worker/lab-api.ts";
import type { SetSlice } from "./set-slice.ts";

/** What a recipe quantizes in the open model; null until the engine has told. */
export interface RecipeSitesSlice {
  readonly recipeSites: LabRecipeSites | null;
  setRecipeSites(sites: LabRecipeSites): void;
}

export function recipeSitesSlice(set: SetSlice<RecipeSitesSlice>): RecipeSitesSlice {
  return { recipeSites: null, setRecipeSites: (recipeSites) => set({ recipeSites }) };
}
