import { useMemo } from "react";
import { Button } from "react-aria-components/Button";
import { wilson } from "../../../metrics/wilson.ts";
import type { ModelCard } from "../../../models/config.ts";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { Tile } from "../../components/tile.tsx";
import { formatDb, formatMs, formatNats, formatPercent } from "../../format.ts";
import { imageRows } from "../../results/image-rows.ts";
import { twinSentence } from "../../verdict.ts";
import type { ImageSet, LabTwin } from "../../worker/lab-api.ts";
import { ImageGrid } from "./image-grid.tsx";

/** Two float models on the same images: the reference left and blue, the other one right and orange. */
export function TwinResults({ twin, images, card }: { readonly twin: LabTwin; readonly images: ImageSet; readonly card: ModelCard }) {
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const hasResult = useLab((state) => state.result !== null);
  const setTwin = useLab((state) => state.setTwin);
  const { compare, compareTwinAgain } = useActions();
  const { quality, referenceLogits: floatLogits, otherLogits: quantizedLogits, classes } = twin;
  const rows = useMemo(
    () => imageRows({ main: { floatLogits, quantizedLogits, classes, quality }, baseline: null }, images.evaluation, "main"),
    [floatLogits, quantizedLogits, classes, quality, images],
  );
  return (
    <div className="results" data-testid="twin">
      <section className="verdict" aria-labelledby="twin-verdict">
        <h1 id="twin-verdict" data-testid="twin-verdict">
          {twinSentence(twin)}
        </h1>
        <p className="muted">Both run in float, nothing is quantized. {twin.reference} is the reference.</p>
        <div className="row">
          <Button className="button" isDisabled={isBusy} onPress={() => void compareTwinAgain()}>
            Compare both again
          </Button>
          <Button className="button" isDisabled={isBusy} onPress={() => (hasResult ? setTwin(null) : void compare())}>
            {hasResult ? "Back to the recipe" : `Quantize ${twin.reference} instead`}
          </Button>
        </div>
      </section>
      <TwinTiles twin={twin} />
      {twin.notes.map((note) => (
        <p key={note} className="notice" data-testid="twin-note">
          <span aria-hidden="true">○ </span>
          {note}
        </p>
      ))}
      <ImageGrid rows={rows} labels={card.labels} otherLabel={null} sides={[twin.reference, twin.other]} />
    </div>
  );
}

function TwinTiles({ twin: { quality, perf, env } }: { readonly twin: LabTwin }) {
  const { imageCount, features, top1AccuracyFloat, top1AccuracyQuantized } = quality;
  const same = Math.round(quality.top1Agreement * imageCount);
  const { low, high } = wilson(same, imageCount);
  const interval = `95 % interval: ${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)} %`;
  return (
    <div className="tiles">
      <Tile title={features ? "Same nearest image" : "Top-1 agreement"} sub={interval}>
        {formatPercent(quality.top1Agreement)}
        <small>
          {same} of {imageCount}
        </small>
      </Tile>
      {top1AccuracyFloat !== null && top1AccuracyQuantized !== null && (
        <Tile title="Accuracy" sub={`reference, other, of ${imageCount} labels`}>
          <span className="float-text">{formatPercent(top1AccuracyFloat)}</span>{" "}
          <span className="quantized-text">{formatPercent(top1AccuracyQuantized)}</span>
        </Tile>
      )}
      {features ? (
        <Tile title="Feature cosine" sub="1 is the same direction">
          {features.cosine.toFixed(4)}
        </Tile>
      ) : (
        <Tile title="KL divergence" sub="of the other from the reference; 0 is the same">
          {formatNats(quality.klDivergence)}
        </Tile>
      )}
      <Tile title={features ? "Feature SQNR" : "Logit SQNR"} sub={`cosine ${quality.logitCosine.toFixed(4)}`}>
        {formatDb(quality.logitSqnrDb)}
      </Tile>
      {!env.adapter.isSoftware && (
        <Tile title={`Time for ${perf.imageCount} images`} sub="reference, other">
          <span className="float-text">{formatMs(perf.referenceMs)}</span> <span className="quantized-text">{formatMs(perf.otherMs)}</span>
        </Tile>
      )}
    </div>
  );
}
