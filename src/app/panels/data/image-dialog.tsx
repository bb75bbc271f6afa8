import { useEffect, useState } from "react";
import { errorParts } from "../../actions/job-runner.ts";
import { Dialog } from "../../components/dialog.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { Thumbnail } from "../../components/thumbnail.tsx";
import { formatBytes } from "../../format.ts";
import { className } from "../../results/image-rows.ts";
import { isAbort } from "../../worker/error-border.ts";
import type { ErrorParts, ImageSet, ImageView } from "../../worker/lab-api.ts";

/** One image closely: the file beside what the model sees of it, its size and digest. */
export function ImageDialog(props: { readonly index: number | null; readonly images: ImageSet; readonly onClose: () => void }) {
  const { index, images, onClose } = props;
  const item = index === null ? undefined : images.items[index];
  return (
    <Dialog title={item?.name ?? "Image"} isOpen={item !== undefined} onClose={onClose}>
      {index !== null && <Closely index={index} images={images} />}
    </Dialog>
  );
}

function Closely({ index, images }: { readonly index: number; readonly images: ImageSet }) {
  const { viewImage } = useActions();
  const card = useLab((state) => state.model?.card ?? null);
  const [found, setFound] = useState<ImageView | ErrorParts | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    viewImage(index, controller.signal).then(setFound, (error: unknown) => {
      if (!isAbort(error)) setFound(errorParts(error));
    });
    return () => controller.abort();
  }, [index, viewImage]);
  if (found === null) return <p className="muted">Reading …</p>;
  if ("code" in found) {
    return (
      <p className="notice bad">
        <span aria-hidden="true">▲ </span>
        {found.what} {found.why} {found.next} <code>{found.code}</code>
      </p>
    );
  }
  const label = images.items[index]?.label ?? null;
  const [height, width] = card?.preprocessing.inputSize ?? [0, 0];
  return (
    <>
      <div className="closely">
        <figure>
          <Thumbnail bitmap={found.original} />
          <figcaption className="muted small">
            The file, {found.width} × {found.height}
          </figcaption>
        </figure>
        <figure>
          <Thumbnail bitmap={found.seen} />
          <figcaption className="muted small">
            What the model sees, {width} × {height}
          </figcaption>
        </figure>
      </div>
      {found.remarks.map((remark) => (
        <p key={remark} className="notice" data-testid="image-remark">
          <span aria-hidden="true">○ </span>
          {remark}
        </p>
      ))}
      <dl className="facts">
        <div>
          <dt>Label</dt>
          <dd>{label === null ? "none" : `${label} ${className(card?.labels ?? null, label)}`}</dd>
        </div>
        {found.sizeBytes > 0 && (
          <div>
            <dt>Size</dt>
            <dd>{formatBytes(found.sizeBytes)}</dd>
          </div>
        )}
        <div>
          <dt>SHA-256</dt>
          <dd>
            <code>{found.sha256}</code>
          </dd>
        </div>
      </dl>
    </>
  );
}
