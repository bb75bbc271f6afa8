/** Patience with a contender: one that does not answer must not keep the others from being measured. */
import type { Outcome } from "./bench-session.ts";
import type { OpenedContender } from "./driver.ts";

/** Far more than what any contender needs: `--time-limit` cuts short who is slow, this ends who will never answer. */
const TIMES_THE_LIMIT = 10;
const LEAST_MS = 5 * 60_000;
/** A page that hangs closes in seconds; a runtime in this process perhaps never. */
const CLOSING_MS = 30_000;

export function patienceMs(timeLimitMs: number): number {
  return Math.max(TIMES_THE_LIMIT * timeLimitMs, LEAST_MS);
}

/** The contender with a limit to each of its answers: after one that does not come it is closed, so that it does not go on computing, and answers only why. */
export function giveUpAfter(limitMs: number, contender: OpenedContender): OpenedContender {
  let reason: string | null = null;
  let closing: Promise<void> | null = null;
  // A page that cannot be closed takes nothing from what was measured on it.
  const closed = () => contender.close().catch(() => {});
  const close = () => (closing ??= within(CLOSING_MS, closed(), () => {}));

  const answer = <T>(what: string, ask: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    if (reason !== null) return Promise.resolve({ ok: false, reason });
    return within(limitMs, ask(), async () => {
      const text = `given up: ${what} gave no answer within ${Math.round(limitMs / 1000)} s (a longer --time-limit waits longer)`;
      reason = text;
      await close();
      return { ok: false, reason: text };
    });
  };
  return {
    load: () => answer("loading", () => contender.load()),
    tune: (batches) => answer("tuning", () => contender.tune(batches)),
    run: (images) => answer(`a forward of ${images === 1 ? "one image" : `${images} images`}`, () => contender.run(images)),
    profile: () => answer("timing kernels", () => contender.profile()),
    cpu: () => contender.cpu(),
    close,
  };
}

/** What `work` gives, or what `otherwise` does when it takes too long; what it gives later is ignored. */
async function within<T>(limitMs: number, work: Promise<T>, otherwise: () => T | Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => void (timer = setTimeout(() => resolve("late"), limitMs)));
  try {
    const first = await Promise.race([work.then((value) => ({ value })), late]);
    return first === "late" ? await otherwise() : first.value;
  } finally {
    clearTimeout(timer);
  }
}
