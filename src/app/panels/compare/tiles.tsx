import type { ReactNode } from "react";
import { wilson } from "../../../metrics/wilson.ts";
import { bitsName, EXECUTORS, formatBits, formatBytes, formatDb, formatMs, formatNats, formatPercent } from "../../format.ts";
import { keptPredictions } from "../../verdict.ts";
import type { LabSide, LabWarning } from "../../worker/lab-api.ts";
import { adapterName } from "../../components/adapter-pill.tsx";
import { Tile } from "../../components/tile.tsx";

/** The headline numbers of the shown recipe, with the other recipe's below each. */
export function Tiles(props: {
  readonly shown: LabSide;
  readonly other: LabSide | null;
  readonly otherLabel: string;
  readonly warnings: readonly LabWarning[];
}) {
  const { shown, other, otherLabel } = props;
  const { quality, size, perf, env, effectiveBits } = shown;
  const against = (text: (side: LabSide) => string): ReactNode => (other === null ? null : `${otherLabel}: ${text(other)}`);
  return (
    <>
      <div className="tiles">
        <Tile
          title={quality.features ? "Same nearest image" : "Top-1 agreement"}
          sub={against((c) => formatPercent(c.quality.top1Agreement))}
        >
          <span data-testid="agreement" data-value={quality.top1Agreement}>
            {formatPercent(quality.top1Agreement)}
          </span>
          <small>
            {keptPredictions(shown)} of {quality.imageCount}
          </small>
          <small data-testid="agreement-interval">95 % interval: {intervalText(keptPredictions(shown), quality.imageCount)} %</small>
        </Tile>
        {quality.top1AccuracyFloat !== null && quality.top1AccuracyQuantized !== null && (
          <Tile title="Accuracy" sub={against((c) => formatPercent(c.quality.top1AccuracyQuantized ?? NaN))}>
            <span className="float-text" data-testid="accuracy-float" data-value={quality.top1AccuracyFloat}>
              {formatPercent(quality.top1AccuracyFloat)}
            </span>
            <Arrow />
            <span className="quantized-text" data-testid="accuracy-quantized" data-value={quality.top1AccuracyQuantized}>
              {formatPercent(quality.top1AccuracyQuantized)}
            </span>
            <small>float → quantized, of {quality.imageCount} labels</small>
            <small data-testid="accuracy-intervals">
              95 %: {rateInterval(quality.top1AccuracyFloat, quality.imageCount)} →{" "}
              {rateInterval(quality.top1AccuracyQuantized, quality.imageCount)} %
            </small>
          </Tile>
        )}
        {quality.features ? (
          <Tile title="Feature cosine" sub={against((c) => c.quality.features?.cosine.toFixed(4) ?? "")}>
            <span data-testid="feature-cosine" data-value={quality.features.cosine}>
              {quality.features.cosine.toFixed(4)}
            </span>
          </Tile>
        ) : (
          <Tile title="KL divergence" sub={against((c) => formatNats(c.quality.klDivergence))}>
            <span data-testid="kl" data-value={quality.klDivergence}>
              {formatNats(quality.klDivergence)}
            </span>
            <small>0 is unchanged</small>
          </Tile>
        )}
        <Tile title={quality.features ? "Feature SQNR" : "Logit SQNR"} sub={against((c) => formatDb(c.quality.logitSqnrDb))}>
          <span data-testid="logit-sqnr" data-value={quality.logitSqnrDb}>
            {formatDb(quality.logitSqnrDb)}
          </span>
          <small>cosine {quality.logitCosine.toFixed(4)}</small>
        </Tile>
        <Tile title="Size" sub={`${(size.floatBytes / Math.max(1, size.quantizedBytes)).toFixed(1)}× smaller, packed`}>
          <span className="float-text" data-testid="size-float" data-value={size.floatBytes}>
            {formatBytes(size.floatBytes)}
          </span>
          <Arrow />
          <span className="quantized-text" data-testid="size-quantized" data-value={size.quantizedBytes}>
            {formatBytes(size.quantizedBytes)}
          </span>
        </Tile>
        <Tile title="Effective bits" sub={`asked for: ${bitsName(shown.request)}`}>
          <span data-testid="effective-weight-bits" data-value={effectiveBits.weights}>
            {formatBits(effectiveBits.weights)}
          </span>
          <small>per weight,</small>
          <span data-testid="effective-activation-bits" data-value={effectiveBits.activations}>
            {formatBits(effectiveBits.activations)}
          </span>
          <small>per activation</small>
        </Tile>
        {/* A software adapter's timings say nothing about a GPU, so none is shown. */}
        {!env.adapter.isSoftware && (
          <Tile title={`Time for ${perf.imageCount} images`} sub={`calibration ${formatMs(perf.calibrationMs)}`}>
            <span className="float-text">{formatMs(perf.floatMs)}</span>
            <Arrow />
            <span className="quantized-text">{formatMs(perf.quantizedMs)}</span>
          </Tile>
        )}
      </div>
      {props.warnings.map(({ code, text }) => (
        <p key={code} className="notice warning" data-testid="warning" data-code={code}>
          <span aria-hidden="true">▲ </span>
          {text} <code>{code}</code>
        </p>
      ))}
      {shown.executorNote !== null && (
        <p className="notice warning" data-testid="executor-note">
          <span aria-hidden="true">▲ </span>
          {shown.executorNote}
        </p>
      )}
      <p className="muted small">
        <span data-testid="executor" data-value={shown.executor}>
          {EXECUTORS[shown.executor]}
        </span>
        {shown.executor === "cpu" ? "" : ` on ${adapterName(env.adapter)}`}
        {env.adapter.integerExecution === null ? "" : ` (${env.adapter.integerExecution})`}.
        {env.adapter.isSoftware && " Timings are not shown: they would say nothing about a GPU."}
      </p>
    </>
  );
}

/** Where the true rate lies, as far as this many images can tell. */
function intervalText(hits: number, count: number): string {
  const { low, high } = wilson(hits, count);
  return `${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)}`;
}

function rateInterval(rate: number, count: number): string {
  return intervalText(Math.round(rate * count), count);
}

function Arrow() {
  return (
    <span className="arrow">
      <span aria-hidden="true">→</span>
      <span className="visually-hidden"> to </span>
    </span>
  );
}
