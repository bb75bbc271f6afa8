import { Button } from "react-aria-components/Button";
import { printPreprocessing } from "../../../images/print-preprocessing.ts";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { formatPercent } from "../../format.ts";
import type { NormalisationCheck } from "../../../runner/data/check-normalisation.ts";

/** Are the images in the scale that the model was trained on? Nothing else would tell: a wrong one only makes a model worse. */
export function NormalisationCard() {
  const check = useLab((state) => state.normalisation);
  const assumed = useLab((state) => state.model?.card.assumed ?? []);
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const { normalisation } = useActions();
  return (
    <section className="card" aria-labelledby="normalisation-title" data-testid="normalisation-card">
      <h2 id="normalisation-title">Are the images normalised as in training?</h2>
      {check === null ? (
        <p>
          Runs the float model on a few images under every usual mean and standard deviation.
          {assumed.includes("preprocessing") && " Here no file says which; it is assumed."}
        </p>
      ) : (
        <Trials check={check} />
      )}
      <div>
        <Button className="button" isDisabled={isBusy} onPress={() => void normalisation()}>
          {check === null ? "Try the others" : "Try again"}
        </Button>
      </div>
    </section>
  );
}

function Trials({ check: { trials, better, imageCount } }: { readonly check: NormalisationCheck }) {
  const { choosePreprocessing } = useActions();
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const inUse = useLab((state) => state.model?.card.preprocessing);
  const suspect = better === null ? undefined : trials[better];
  const hasLabels = trials.some(({ accuracy }) => accuracy !== null);
  return (
    <>
      <p className={suspect === undefined ? "notice" : "notice warning"} data-testid="normalisation-verdict">
        {suspect === undefined ? (
          <>
            <span aria-hidden="true">✓ </span>No other does clearly better on {imageCount} images.
          </>
        ) : (
          <>
            <span aria-hidden="true">▲ </span>
            {suspect.name} does clearly better: the mean and deviation in use are probably not those of training.
          </>
        )}
      </p>
      {suspect !== undefined && inUse !== undefined && (
        <div>
          <Button
            className="button"
            isDisabled={isBusy}
            onPress={() => void choosePreprocessing(printPreprocessing({ ...inUse, mean: suspect.mean, std: suspect.std }))}
          >
            Normalise by {suspect.name}
          </Button>
        </div>
      )}
      <table className="table">
        <caption className="visually-hidden">The float model under each normalisation</caption>
        <thead>
          <tr>
            <th scope="col">Normalisation</th>
            {hasLabels && <th scope="col">Accuracy</th>}
            <th scope="col">Mean confidence</th>
          </tr>
        </thead>
        <tbody>
          {trials.map(({ name, isCurrent, accuracy, confidence }) => (
            <tr key={name}>
              <th scope="row">
                {name}
                {isCurrent && " (in use)"}
              </th>
              {hasLabels && <td>{accuracy === null ? "" : formatPercent(accuracy)}</td>}
              <td>{formatPercent(confidence)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
