import type { SharedView } from "../share/share-link.ts";
import type { SetSlice } from "./set-slice.ts";

/** Digests of what is open. */
export interface Fingerprint {
  readonly weights: string;
  readonly images: string | null;
}

/** The view of a link that somebody followed, until it is dismissed. */
export interface SharedSlice {
  readonly shared: SharedView | null;
  /** Of the open model and images, once it was asked for; null after they change. */
  readonly fingerprint: Fingerprint | null;
  setShared(shared: SharedView | null): void;
  setFingerprint(fingerprint: Fingerprint): void;
}

export function sharedSlice(set: SetSlice<SharedSlice>): SharedSlice {
  return {
    shared: null,
    fingerprint: null,
    setShared: (shared) => set({ shared }),
    setFingerprint: (fingerprint) => set({ fingerprint }),
  };
}
