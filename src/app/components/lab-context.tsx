import { createContext, useContext } from "react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import type { LabActions } from "../actions/lab-actions.ts";
import type { LabState, LabStore } from "../store/lab-store.ts";

/** Hands the store and the actions to components; the only place where React meets the store. */
export interface Lab {
  readonly store: LabStore;
  readonly actions: LabActions;
}

const LabContext = createContext<Lab | null>(null);

export function LabProvider({ lab, children }: { readonly lab: Lab; readonly children: ReactNode }) {
  return <LabContext value={lab}>{children}</LabContext>;
}

function useLabContext(): Lab {
  const lab = useContext(LabContext);
  if (lab === null) throw new Error("internal: a lab component outside LabProvider");
  return lab;
}

export function useLab<T>(select: (state: LabState) => T): T {
  return useStore(useLabContext().store, select);
}

/** For what is read when somebody acts and not before. */
export function useLabStore(): LabStore {
  return useLabContext().store;
}

export function useActions(): LabActions {
  return useLabContext().actions;
}
