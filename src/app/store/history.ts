/** What was set before and what was taken back, newest last; pure. */
export interface History<T> {
  readonly past: readonly T[];
  readonly future: readonly T[];
}

export const NO_HISTORY = { past: [], future: [] } as const;
const LONGEST = 100;

/** `before` has been replaced by something else: what had been taken back is gone. */
export function recorded<T>({ past }: History<T>, before: T): History<T> {
  return { past: [...past.slice(1 - LONGEST), before], future: [] };
}

/** One step back from `now`; null where there is none. */
export function undone<T>({ past, future }: History<T>, now: T): { readonly value: T; readonly history: History<T> } | null {
  const value = past.at(-1);
  return value === undefined ? null : { value, history: { past: past.slice(0, -1), future: [...future, now] } };
}

export function redone<T>({ past, future }: History<T>, now: T): { readonly value: T; readonly history: History<T> } | null {
  const value = future.at(-1);
  return value === undefined ? null : { value, history: { past: [...past, now], future: future.slice(0, -1) } };
}
