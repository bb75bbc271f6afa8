import { useEffect, useState } from "react";
import { Button } from "react-aria-components/Button";
import { errorParts } from "../../actions/job-runner.ts";
import { useActions } from "../../components/lab-context.tsx";
import { LazyThumbnail } from "../../components/lazy-thumbnail.tsx";
import { Thumbnail } from "../../components/thumbnail.tsx";
import { formatNumber } from "../../format.ts";
import { isAbort } from "../../worker/error-border.ts";
import type { ErrorParts, ImageSet, PreprocessingPreview as Preview } from "../../worker/lab-api.ts";

/** One of the images in use beside what the model would see of it; `text`: the preprocessing that is tried. */
export function PreprocessingPreview({ images, text, size }: { readonly images: ImageSet; readonly text: string; readonly size: string }) {
  const { previewPreprocessing } = useActions();
  const inUse = images.items.flatMap(({ use }, index) => (use === "unused" || use === "skipped" ? [] : [index]));
  const [at, setAt] = useState(0);
  const index = inUse[at % Math.max(1, inUse.length)] ?? 0;
  const [found, setFound] = useState<Preview | ErrorParts | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    previewPreprocessing(index, text, controller.signal).then(setFound, (error: unknown) => {
      if (!isAbort(error)) setFound(errorParts(error));
    });
    return () => controller.abort();
  }, [index, text, previewPreprocessing]);
  return (
    <div className="preview-pair" data-testid="preprocessing-preview" data-of={text}>
      <figure>
        <LazyThumbnail of={images} index={index} kind="original" />
        <figcaption className="muted small">{images.items[index]?.name.split("/").at(-1)}</figcaption>
      </figure>
      <figure>
        {found === null || "code" in found ? (
          <span className="thumbnail empty">{found === null ? "…" : "▲"}</span>
        ) : (
          <Thumbnail bitmap={found.seen} />
        )}
        <figcaption className="muted small">What the model sees, {size}</figcaption>
      </figure>
      <div className="preview-words">
        <output className="small" data-testid="preview-numbers">
          {found !== null &&
            ("code" in found
              ? `${found.what} ${found.why}`
              : `The network reads numbers from ${formatNumber(found.lowest)} to ${formatNumber(found.highest)}, ${formatNumber(found.mean)} on average.`)}
        </output>
        {inUse.length > 1 && (
          <Button className="button" onPress={() => setAt((at + 1) % inUse.length)}>
            Another image
          </Button>
        )}
      </div>
    </div>
  );
}
