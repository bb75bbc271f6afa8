/** Counts how long the page's tab is hidden: browsers slow hidden tabs down, so that what is timed meanwhile says nothing. */
export interface HiddenWatch {
  /** Ends the watch; ms that the tab was hidden since it began. */
  stop(): number;
}

type Page = Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">;

/** `page`: null where there is none, as in tests; then nothing is ever hidden. */
export function watchHidden(
  page: Page | null = typeof document === "undefined" ? null : document,
  nowMs = () => performance.now(),
): HiddenWatch {
  let hiddenMs = 0;
  let sinceMs: number | null = page?.visibilityState === "hidden" ? nowMs() : null;
  const settle = (): void => {
    if (sinceMs !== null) hiddenMs += nowMs() - sinceMs;
    sinceMs = page?.visibilityState === "hidden" ? nowMs() : null;
  };
  page?.addEventListener("visibilitychange", settle);
  return {
    stop() {
      settle();
      page?.removeEventListener("visibilitychange", settle);
      return hiddenMs;
    },
  };
}
