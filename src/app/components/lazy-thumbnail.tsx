import { useEffect, useState } from "react";
import { createThumbnailQueue } from "./thumbnail-queue.ts";
import type { ThumbnailKind, ThumbnailQueue } from "./thumbnail-queue.ts";
import { useActions } from "./lab-context.tsx";
import { Thumbnail } from "./thumbnail.tsx";

/** One queue for each set of images; a set is dropped together with its pictures. */
const queues = new WeakMap<object, ThumbnailQueue>();

/** An image of the set by its place, decoded once it is drawn; a mark where it cannot be. */
export function LazyThumbnail(props: { readonly of: object; readonly index: number; readonly kind: ThumbnailKind }) {
  const { of, index, kind } = props;
  const { thumbnail } = useActions();
  const queue = queues.get(of) ?? createThumbnailQueue(thumbnail);
  queues.set(of, queue);
  const [shown, setShown] = useState<{ readonly key: string; readonly bitmap: ImageBitmap | null } | null>(null);
  const key = `${kind} ${index}`;
  useEffect(() => queue.want(index, kind, (bitmap) => setShown({ key, bitmap })), [queue, index, kind, key]);
  if (shown?.key !== key) return <span className="thumbnail empty" aria-hidden="true" />;
  if (shown.bitmap === null) {
    return (
      <span className="thumbnail empty" aria-hidden="true">
        ▲
      </span>
    );
  }
  return <Thumbnail bitmap={shown.bitmap} />;
}
