import { Button } from "react-aria-components/Button";
import { imagesCsv, layersCsv, resultsJson } from "../../results/export.ts";
import { saveFile } from "../../save-file.ts";
import type { ImageRow } from "../../results/image-rows.ts";
import type { Comparison } from "../../../runner/comparison.ts";
import type { ModelCard } from "../../../models/config.ts";
import type { LabComparison } from "../../worker/lab-api.ts";

/** The results as files. */
export function Downloads(props: {
  readonly result: LabComparison;
  readonly shown: Comparison;
  readonly card: ModelCard;
  readonly verdict: string;
  readonly rows: readonly ImageRow[];
}) {
  const { result, shown, card, verdict, rows } = props;
  const { recipe, weightBits, activationBits, attentionBits } = shown.request;
  const attention = attentionBits === undefined || attentionBits === activationBits ? "" : `-attention${attentionBits}`;
  const stem = `vitrine-${recipe}-w${weightBits}a${activationBits}${attention}`;
  return (
    <section className="downloads" aria-label="Downloads">
      <Button className="button" onPress={() => saveFile(`${stem}.json`, "application/json", resultsJson(result, card, verdict, rows))}>
        Download JSON
      </Button>
      <Button className="button" onPress={() => saveFile(`${stem}-images.csv`, "text/csv", imagesCsv(rows, card.labels))}>
        Download images CSV
      </Button>
      <Button className="button" onPress={() => saveFile(`${stem}-layers.csv`, "text/csv", layersCsv(shown.layers))}>
        Download layers CSV
      </Button>
    </section>
  );
}
