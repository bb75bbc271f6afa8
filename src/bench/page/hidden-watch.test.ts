import { expect, test } from "vitest";
import { watchHidden, type WatchedPage } from "./hidden-watch.ts";

/** A tab that can be turned away from, and how many listen to that. */
function fakeTab(visibilityState: DocumentVisibilityState) {
  const target = new EventTarget();
  const listeners = new Set<unknown>();
  const tab = {
    visibilityState,
    addEventListener(type: string, listener: EventListener) {
      listeners.add(listener);
      target.addEventListener(type, listener);
    },
    removeEventListener(type: string, listener: EventListener) {
      listeners.delete(listener);
      target.removeEventListener(type, listener);
    },
  };
  const turn = (state: DocumentVisibilityState) => {
    tab.visibilityState = state;
    target.dispatchEvent(new Event("visibilitychange"));
  };
  return { page: tab as unknown as WatchedPage, turn, listeners };
}

test("hiding counts at the beginning, at the end and in the middle; afterwards it does not", () => {
  const { page, turn, listeners } = fakeTab("visible");
  expect(watchHidden(page).stop()).toBe(false);

  const middle = watchHidden(page);
  turn("hidden");
  turn("visible");
  expect(middle.stop()).toBe(true);

  const end = watchHidden(page);
  turn("hidden");
  expect(end.stop()).toBe(true);

  const beginning = watchHidden(page);
  turn("visible");
  expect(beginning.stop()).toBe(true);

  expect(watchHidden(page).stop()).toBe(false);
  expect(listeners.size).toBe(0);
});

test("where there is no page nothing is hidden", () => {
  expect(watchHidden(null).stop()).toBe(false);
});
