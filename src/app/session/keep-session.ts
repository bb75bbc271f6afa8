import type { LabStore } from "../store/lab-store.ts";
import { sessionOf } from "../store/session-slice.ts";
import { writeSession } from "./session.ts";

const PAUSE_MS = 250;

/** Writes the session down whenever it changes, and once more when the page goes. */
export function keepSession(store: LabStore, storage: Storage | null): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const write = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const isKept = writeSession(storage, sessionOf(store.getState()));
    if (isKept !== store.getState().isSessionKept) store.getState().setSessionKept(isKept);
  };
  store.subscribe((state, before) => {
    const isSame =
      state.panel === before.panel &&
      state.controls === before.controls &&
      state.versus === before.versus &&
      state.side === before.side &&
      state.filter === before.filter &&
      state.usesSoftwareAdapter === before.usesSoftwareAdapter &&
      state.lastVerdict === before.lastVerdict &&
      state.model === before.model &&
      state.images === before.images &&
      state.keptModel === before.keptModel;
    if (!isSame) timer ??= setTimeout(write, PAUSE_MS);
  });
  window.addEventListener("pagehide", write);
}

/** localStorage, or null where the browser refuses it. */
export function safeStorage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
