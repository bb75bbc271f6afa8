import { useState } from "react";
import { ChoiceSelect } from "../../components/choice.tsx";
import { heatColour } from "../../figures/heat-grid.tsx";
import { Measured } from "../../figures/measured.tsx";
import { ResidualChart } from "../../figures/residual-chart.tsx";
import { TableView } from "../../figures/table-view.tsx";
import { SHADE_TEXTS, TokenMap } from "../../figures/token-map.tsx";
import type { ResidualStep, TokenChannelMap } from "../../../runner/diagnose/residual-stream.ts";

/** How the residual stream grows, and which tokens and channels stand out in it. */
export function ResidualSection(props: { readonly residual: readonly ResidualStep[]; readonly maps: readonly TokenChannelMap[] }) {
  const { residual, maps } = props;
  const [wanted, setWanted] = useState<number | null>(null);
  const map = maps.find(({ block }) => block === wanted) ?? maps.at(-1);
  return (
    <div className="plot-grid">
      <section className="card" aria-labelledby="residual-title" data-testid="residual-section">
        <h2 id="residual-title">{growthText(residual)}</h2>
        <Measured>{(width) => <ResidualChart steps={residual} width={width} />}</Measured>
        <p className="muted small">
          Root mean square and largest value after each addition, and the root mean square of the error that rides on it.
        </p>
        <TableView
          caption="Residual stream after each addition"
          columns={["After", "RMS", "Largest", "Error RMS"]}
          rows={residual.map(({ name, rms, largest, errorRms }) => [
            name,
            rms.toPrecision(4),
            largest.toPrecision(4),
            errorRms.toPrecision(3),
          ])}
        />
      </section>
      {map !== undefined && (
        <section className="card" aria-labelledby="tokens-title" data-testid="token-section">
          <h2 id="tokens-title">{outlierText(map)}</h2>
          <div className="level-choices">
            <ChoiceSelect
              label="After block"
              testId="token-block"
              value={map.block}
              choices={maps.map(({ block, outliers }) => ({
                value: block,
                label: `block ${block}`,
                detail: `largest ${outliers[0]?.timesMedian.toFixed(0) ?? 0}× median`,
              }))}
              onChange={setWanted}
            />
          </div>
          <Measured>{(width) => <TokenMap map={map} width={width} />}</Measured>
          <p className="shade-legend">
            times the median:
            {SHADE_TEXTS.map((text, shade) => (
              <span key={text}>
                <span className="swatch" aria-hidden="true" style={{ background: heatColour((shade + 1) / SHADE_TEXTS.length) }} />
                {text}
              </span>
            ))}
          </p>
          <TableView
            caption={`Largest values after block ${map.block}`}
            columns={["Token", "Channel", "Value", "Times the median"]}
            rows={map.outliers.map(({ token, channel, value, timesMedian }) => [token, channel, value.toFixed(2), timesMedian.toFixed(1)])}
          />
        </section>
      )}
    </div>
  );
}

function growthText(residual: readonly ResidualStep[]): string {
  const [first, last] = [residual.at(0), residual.at(-1)];
  if (first === undefined || last === undefined || first.rms === 0) return "The residual stream";
  return `The residual stream grows ${(last.rms / first.rms).toFixed(1)} times; error is ${(100 * (last.errorRms / last.rms)).toFixed(0)} % of it at the end`;
}

function outlierText({ block, massive, outlierChannels }: TokenChannelMap): string {
  const place = `After block ${block}`;
  if (massive > 0) return `${place}: ${massive} massive ${massive === 1 ? "activation" : "activations"}`;
  if (outlierChannels.length === 0) return `${place}: no channel stands out`;
  const names = outlierChannels.slice(0, 3).map(({ channel }) => channel);
  return `${place}: ${outlierChannels.length === 1 ? "channel" : "channels"} ${names.join(", ")}${outlierChannels.length > 3 ? " and more" : ""} stand out`;
}
