import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { CopyButton } from "../../components/copy-button.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";

/** A link to this view, for somebody who has the same files. */
export function ShareCard() {
  const { share } = useActions();
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const result = useLab((state) => state.result);
  const [made, setMade] = useState<{ readonly of: unknown; readonly link: string | null } | null>(null);
  const make = async (): Promise<void> => {
    const hash = await share();
    if (hash === undefined) return;
    setMade({ of: result, link: hash === null ? null : `${location.origin}${location.pathname}${hash}` });
  };
  const shown = made?.of === result ? made : null;
  return (
    <section className="card" aria-labelledby="share-title" data-testid="share-card">
      <h2 id="share-title">Link to this view</h2>
      <p>
        Carries the recipe, the split, the view, and digests of weights and images, so that the other side notices other files. It never
        carries weights or images.
      </p>
      <div className="row">
        <Button className="button" isDisabled={isBusy} onPress={() => void make()}>
          Make a link
        </Button>
        {shown?.link && <CopyButton text={shown.link} label="Copy link" />}
      </div>
      {shown !== null && shown.link === null && (
        <p className="notice warning">
          <span aria-hidden="true">▲ </span>This recipe is too long for a link. Download the report instead.
        </p>
      )}
      {shown?.link && (
        <p className="small">
          <code data-testid="share-link">{shown.link}</code>
        </p>
      )}
    </section>
  );
}
