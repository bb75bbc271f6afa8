import { Button } from "react-aria-components/Button";
import { imagesCsv, layersCsv, resultsJson } from "../../results/export.ts";
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
      <Button className="button" onPress={() => save(`${stem}.json`, "application/json", resultsJson(result, card, verdict, rows))}>
        Download JSON
      </Button>
      <Button className="button" onPress={() => save(`${stem}-images.csv`, "text/csv", imagesCsv(rows, card.labels))}>
        Download images CSV
      </Button>
      <Button className="button" onPress={() => save(`${stem}-layers.csv`, "text/csv", layersCsv(shown.layers))}>
        Download layers CSV
      </Button>
    </section>
  );
}

function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser needs the address until it has begun to read.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
