import type { LabStore } from "./store/lab-store.ts";
import { recipeLabel } from "./store/engine-slice.ts";
import { verdictOf } from "./verdict.ts";

/** What a script reads from the page with `?automation=1`; it changes nothing that a person sees. */
export interface Automation {
  state(): { readonly job: string | null; readonly error: string | null; readonly verdict: string | null };
  /** The last comparison, logits as plain arrays. */
  result(): unknown;
}

export function installAutomation(store: LabStore): void {
  const automation: Automation = {
    state: () => {
      const { job, error, result, recipes } = store.getState();
      const verdict = result === null ? null : verdictOf(result, (name) => recipeLabel(recipes, name)).sentence;
      return { job: job?.title ?? null, error: error?.code ?? null, verdict };
    },
    result: () => {
      const { result } = store.getState();
      return JSON.parse(JSON.stringify(result, (_key, value: unknown) => (value instanceof Float32Array ? Array.from(value) : value)));
    },
  };
  Object.assign(globalThis, { vitrine: automation });
}
