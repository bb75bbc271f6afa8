/** Thumbnails are decoded in the worker, one after the other: the newest wish first, wishes of pictures that have scrolled away dropped. */
export type ThumbnailKind = "original" | "seen";

export interface ThumbnailQueue {
  /** Calls back with the picture, at once where it is known, with null where it cannot be decoded. Returns what withdraws the wish. */
  want(index: number, kind: ThumbnailKind, onDone: (bitmap: ImageBitmap | null) => void): () => void;
}

const AT_ONCE = 2;
const KEPT = 400;

export function createThumbnailQueue(
  load: (index: number, kind: ThumbnailKind, signal: AbortSignal) => Promise<ImageBitmap>,
): ThumbnailQueue {
  const known = new Map<string, ImageBitmap | null>();
  const wishes = new Map<string, { index: number; kind: ThumbnailKind; listeners: Set<(bitmap: ImageBitmap | null) => void> }>();
  const running = new Set<string>();

  function remember(key: string, bitmap: ImageBitmap | null): void {
    known.set(key, bitmap);
    // The oldest go first; the ones in sight are the newest.
    for (const old of known.keys()) {
      if (known.size <= KEPT) break;
      known.delete(old);
    }
  }

  async function loadOrNull(index: number, kind: ThumbnailKind): Promise<ImageBitmap | null> {
    try {
      return await load(index, kind, new AbortController().signal);
    } catch {
      return null; // the list of skipped files and the close look say why
    }
  }

  function next(): void {
    if (running.size >= AT_ONCE) return;
    const key = [...wishes.keys()].findLast((candidate) => !running.has(candidate));
    const wish = key === undefined ? undefined : wishes.get(key);
    if (key === undefined || wish === undefined) return;
    running.add(key);
    const settle = (bitmap: ImageBitmap | null): void => {
      running.delete(key);
      remember(key, bitmap);
      const listeners = wishes.get(key)?.listeners ?? [];
      wishes.delete(key);
      for (const listener of listeners) listener(bitmap);
      next();
    };
    void loadOrNull(wish.index, wish.kind).then(settle);
    next();
  }

  return {
    want(index, kind, onDone) {
      const key = `${kind} ${index}`;
      const bitmap = known.get(key);
      if (bitmap !== undefined) {
        onDone(bitmap);
        return () => undefined;
      }
      const wish = wishes.get(key) ?? { index, kind, listeners: new Set() };
      wish.listeners.add(onDone);
      wishes.set(key, wish);
      next();
      return () => {
        wish.listeners.delete(onDone);
        if (wish.listeners.size === 0 && !running.has(key)) wishes.delete(key);
      };
    },
  };
}
