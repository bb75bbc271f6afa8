import { LabelHint } from "../../components/label-hint.tsx";
import { useLab } from "../../components/lab-context.tsx";

/** Which images judge, which calibrate, and which could not be used; files that were given and are nothing to the lab. */
export function ImagesCard() {
  const images = useLab((state) => state.images);
  if (images === null) {
    return (
      <section className="card" aria-labelledby="images-title" data-testid="images-card">
        <p className="eyebrow">Images</p>
        <h2 id="images-title">Now add images</h2>
        <p>Drop pictures or a folder of them anywhere on this page. A CSV with the columns filename and label adds accuracies.</p>
        <IgnoredFiles inArchives={[]} />
      </section>
    );
  }
  const { evaluation, calibrationCount, skipped, leakage } = images;
  const labelled = evaluation.filter((image) => image.label !== null).length;
  return (
    <section className="card" aria-labelledby="images-title" data-testid="images-card">
      <p className="eyebrow">Images</p>
      <h2 id="images-title">
        <span data-testid="image-count">{evaluation.length}</span> to compare,{" "}
        <span data-testid="calibration-count">{calibrationCount}</span> to calibrate
      </h2>
      <p className="muted">
        {labelled === 0
          ? "No labels: agreement between the two models is measured, accuracy is not."
          : labelled === evaluation.length
            ? "All labelled."
            : `${labelled} of ${evaluation.length} labelled.`}
      </p>
      <LabelHint />
      {leakage && (
        <p className="notice warning">
          <span aria-hidden="true">▲ </span>Too few images: the same ones calibrate and judge, so the result flatters the quantized model.
        </p>
      )}
      {skipped.length > 0 && (
        <details>
          <summary>{skipped.length} skipped</summary>
          <ul className="plain">
            {skipped.map((file) => (
              <li key={file.name}>
                <span>{file.name}</span>: {file.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      <IgnoredFiles inArchives={images.ignored} />
    </section>
  );
}

const MOST_LISTED = 200;

/** What systems and repositories leave behind, and other forms of the same weights: named, so that nothing vanishes. */
function IgnoredFiles({ inArchives }: { readonly inArchives: readonly string[] }) {
  const dropped = useLab((state) => state.ignoredFiles);
  const names = [...dropped, ...inArchives];
  if (names.length === 0) return null;
  return (
    <details data-testid="ignored">
      <summary>{names.length.toLocaleString("en")} ignored</summary>
      <ul className="plain">
        {names.slice(0, MOST_LISTED).map((name) => (
          <li key={name}>{name}</li>
        ))}
        {names.length > MOST_LISTED && <li>and {(names.length - MOST_LISTED).toLocaleString("en")} more</li>}
      </ul>
    </details>
  );
}
