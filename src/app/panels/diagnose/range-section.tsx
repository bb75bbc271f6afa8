import { useState } from "react";
import { ChoiceSelect } from "../../components/choice.tsx";
import { Measured } from "../../figures/measured.tsx";
import { RangePicture } from "../../figures/range-picture.tsx";
import { TableView } from "../../figures/table-view.tsx";
import type { ChannelRanges } from "../../../runner/diagnose/channel-ranges.ts";

/** Channels behind the LayerNorms, before and after the recipe's rewriting. */
export function RangeSection({ ranges }: { readonly ranges: readonly ChannelRanges[] }) {
  const [wanted, setWanted] = useState<string | null>(null);
  const place = ranges.find(({ name }) => name === wanted) ?? widest(ranges);
  const levels = 2 ** place.bits;
  return (
    <section className="card" aria-labelledby="range-title" data-testid="range-section">
      <h2 id="range-title">
        Behind the LayerNorm: half of the channels have at most {place.levelsAfter.toFixed(1)} of {levels} levels
      </h2>
      <div className="level-choices">
        <ChoiceSelect
          label="Read by"
          testId="range-place"
          value={place.name}
          choices={ranges.map(({ name, spreadBefore }) => ({ value: name, label: name, detail: `${spreadBefore.toFixed(1)}× spread` }))}
          onChange={setWanted}
        />
      </div>
      <Measured>{(width) => <RangePicture name={place.name} width={width} before={place.before} after={place.after} />}</Measured>
      <p>
        In the float model the widest channel is {place.spreadBefore.toFixed(1)} times as wide as the median one: a single grid over all of
        them would leave the median channel {place.levelsBefore.toFixed(1)} of {levels} levels.{" "}
        {place.spreadAfter < 0.8 * place.spreadBefore
          ? `As the quantizer reads it now, it is ${place.spreadAfter.toFixed(1)} times as wide, and the median channel has ${place.levelsAfter.toFixed(1)} levels.`
          : `This recipe leaves it so: the median channel has ${place.levelsAfter.toFixed(1)} levels.`}
      </p>
      <TableView
        caption="Channels behind every LayerNorm"
        columns={["Read by", "Spread in float", "Spread as quantized", "Levels on one grid", "Levels as quantized"]}
        rows={ranges.map((one) => [
          one.name,
          one.spreadBefore.toFixed(2),
          one.spreadAfter.toFixed(2),
          one.levelsBefore.toFixed(1),
          one.levelsAfter.toFixed(1),
        ])}
      />
    </section>
  );
}

function widest(ranges: readonly ChannelRanges[]): ChannelRanges {
  return ranges.reduce((a, b) => (b.spreadBefore > a.spreadBefore ? b : a));
}
