import { useEffect, useRef } from "react";
import { Button } from "react-aria-components/Button";
import { bitsName } from "../format.ts";
import { recipeLabel } from "../store/engine-slice.ts";
import { useActions, useLab } from "./lab-context.tsx";

/** For somebody who followed a link: what it shows, what it needs, and whether the open files are the ones it was made with. */
export function SharedNotice() {
  const shared = useLab((state) => state.shared);
  const recipes = useLab((state) => state.recipes);
  const result = useLab((state) => state.result);
  const fingerprint = useLab((state) => state.fingerprint);
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const setShared = useLab((state) => state.setShared);
  const { trySample, fingerprint: takeFingerprint } = useActions();
  const asked = useRef<unknown>(null);
  const wantsDigest = shared?.model?.weights !== null && shared?.model !== null && shared !== null;
  useEffect(() => {
    // Digests are compared once there is something to compare, and once only for each result.
    if (!wantsDigest || result === null || isBusy || fingerprint !== null || asked.current === result) return;
    asked.current = result;
    void takeFingerprint();
  }, [wantsDigest, result, isBusy, fingerprint, takeFingerprint]);
  if (shared === null) return null;
  const { controls, model, images, rule } = shared;
  const what = `${recipeLabel(recipes, controls.recipe)} ${bitsName(controls)}${model === null ? "" : ` on ${model.name}`}`;
  const weights = compareDigests(model?.weights ?? null, fingerprint?.weights ?? null);
  const pictures = compareDigests(images?.digest ?? null, fingerprint?.images ?? null);
  return (
    <section className="card shared-notice" aria-label="Shared view" data-testid="shared" data-weights={weights} data-images={pictures}>
      <p>
        <strong>This link shows {what}</strong>
        {images !== null && `, ${images.evaluation} images judged and ${images.calibration} to calibrate`}
        {rule !== null && rule.order === "shuffled" && `, shuffled with seed ${rule.seed}`}.
      </p>
      {result === null ? (
        <p>
          {model?.isSample === true
            ? "It was made with the sample."
            : `It needs the model ${model?.name ?? ""}${model?.weights ? ` (weights ${model.weights.slice(0, 12)}…)` : ""} and its images: drop them anywhere.`}
        </p>
      ) : (
        <p>
          {STATE[weights]("weights")} {STATE[pictures]("images")}
        </p>
      )}
      <div className="row">
        {model?.isSample === true && result === null && (
          <Button className="button primary" isDisabled={isBusy} onPress={() => void trySample()}>
            Open the sample
          </Button>
        )}
        <Button className="button" onPress={() => setShared(null)}>
          Dismiss
        </Button>
      </div>
    </section>
  );
}

type Match = "same" | "other" | "unknown";

function compareDigests(wanted: string | null, found: string | null): Match {
  if (wanted === null || found === null) return "unknown";
  return wanted === found ? "same" : "other";
}

const STATE: Readonly<Record<Match, (what: string) => string>> = {
  same: (what) => `✓ The ${what} are the ones that it was made with.`,
  other: (what) => `▲ The ${what} are others than it was made with.`,
  unknown: (what) => `The ${what} have not been compared.`,
};
