import { expect, it } from "vitest";
import { watchHidden } from "./hidden-watch.ts";

it("adds up the times that the tab is hidden, also from the beginning and to the end", () => {
  let nowMs = 0;
  const listeners = new Set<() => void>();
  const page = {
    visibilityState: "visible" as DocumentVisibilityState,
    addEventListener: (_type: string, listener: unknown) => void listeners.add(listener as () => void),
    removeEventListener: (_type: string, listener: unknown) => void listeners.delete(listener as () => void),
  };
  const turn = (visibilityState: DocumentVisibilityState, atMs: number): void => {
    nowMs = atMs;
    page.visibilityState = visibilityState;
    for (const listener of listeners) listener();
  };
  const watch = watchHidden(page as unknown as Document, () => nowMs);
  turn("hidden", 1000);
  turn("visible", 3100);
  turn("hidden", 9000);
  nowMs = 10_000;
  expect(watch.stop()).toBe(3100);
  expect(listeners.size).toBe(0);
  expect(watchHidden(page as unknown as Document, () => nowMs).stop()).toBe(0);
  expect(watchHidden(null).stop()).toBe(0);
});
