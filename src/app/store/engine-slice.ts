import type { AdapterDescription } from "../../runner/comparison.ts";
import type { ErrorParts, ExportChoice, RecipeChoice, SelfTestReport } from "../worker/lab-api.ts";
import type { SetSlice } from "./set-slice.ts";

/** The machine that computes: adapter, recipes it offers, its self-test. */
export type AdapterState =
  | { readonly kind: "asking" }
  | { readonly kind: "ready"; readonly adapter: AdapterDescription }
  | { readonly kind: "missing"; readonly error: ErrorParts };

export type SelfTestState =
  | { readonly kind: "not-run" }
  | { readonly kind: "running"; readonly done: number; readonly total: number }
  | { readonly kind: "done"; readonly report: SelfTestReport };

export interface EngineSlice {
  readonly adapter: AdapterState;
  readonly recipes: readonly RecipeChoice[];
  readonly selfTest: SelfTestState;
  /** Forms that a quantized model can be written in; none until somebody asks. */
  readonly exportChoices: readonly ExportChoice[];
  setAdapter(adapter: AdapterState): void;
  setRecipes(recipes: readonly RecipeChoice[]): void;
  setSelfTest(selfTest: SelfTestState): void;
  setExportChoices(choices: readonly ExportChoice[]): void;
}

export function engineSlice(set: SetSlice<EngineSlice>): EngineSlice {
  return {
    adapter: { kind: "asking" },
    recipes: [],
    selfTest: { kind: "not-run" },
    exportChoices: [],
    setAdapter: (adapter) => set({ adapter }),
    setRecipes: (recipes) => set({ recipes }),
    setSelfTest: (selfTest) => set({ selfTest }),
    setExportChoices: (exportChoices) => set({ exportChoices }),
  };
}

export function recipeLabel(recipes: readonly RecipeChoice[], name: string): string {
  return recipes.find((recipe) => recipe.name === name)?.label ?? name;
}
