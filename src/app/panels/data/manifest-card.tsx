import { useState } from "react";
import { Button } from "react-aria-components/Button";
import type { Manifest } from "../../../runner/data/manifest.ts";
import { JsonFileButton } from "../../components/json-file-button.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { saveFile } from "../../save-file.ts";
import type { ImageSet } from "../../worker/lab-api.ts";

/** The images in use as a list with digests, to take away and to bring back. */
export function ManifestCard({ images }: { readonly images: ImageSet }) {
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const { manifest, chooseImages } = useActions();
  const [made, setMade] = useState<{ readonly of: ImageSet; readonly manifest: Manifest } | null>(null);
  const download = async (): Promise<void> => {
    const found = await manifest();
    if (found === null) return;
    setMade({ of: images, manifest: found });
    saveFile("vitrine-manifest.json", "application/json", JSON.stringify(found, null, 2));
  };
  return (
    <section className="card" aria-labelledby="manifest-title" data-testid="manifest-card">
      <h2 id="manifest-title">Manifest</h2>
      <p>
        Names, SHA-256 digests, uses and labels of the images in use. Somebody with the same files gets the same split from it; a changed
        file is noticed.
      </p>
      <div className="row">
        <Button className="button" isDisabled={isBusy} onPress={() => void download()}>
          Download manifest
        </Button>
        <JsonFileButton
          label="Use a manifest"
          fileLabel="Manifest file"
          testId="manifest-input"
          isDisabled={isBusy}
          onFile={(file) => void chooseImages({ path: file.name, blob: file })}
        />
      </div>
      {made?.of === images && (
        <p className="muted small">
          {made.manifest.images.length} images; the first is {made.manifest.images[0]?.name}, {made.manifest.images[0]?.sha256.slice(0, 12)}
          …
        </p>
      )}
    </section>
  );
}
