/** Tells whether the tab was hidden at any time of a measurement: browsers slow hidden tabs down, so that what is timed meanwhile says nothing. */
export interface HiddenWatch {
  /** Ends the watch: whether the tab was hidden at its beginning or at any time since. */
  stop(): boolean;
}

export type WatchedPage = Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">;

/** `page`: null where there is none, as in Node; then nothing is ever hidden. */
export function watchHidden(page: WatchedPage | null): HiddenWatch {
  let wasHidden = page?.visibilityState === "hidden";
  // Whatever a change leads to, the tab is hidden on one side of it.
  const note = () => void (wasHidden = true);
  page?.addEventListener("visibilitychange", note);
  return {
    stop() {
      page?.removeEventListener("visibilitychange", note);
      return wasHidden;
    },
  };
}
