import type { ModelCard } from "../../models/config.ts";
import type { Manifest } from "../../runner/data/manifest.ts";
import { findLossSite, placeName } from "../results/loss-site.ts";
import type { ImageRow } from "../results/image-rows.ts";
import type { LabComparison, LabSide } from "../worker/lab-api.ts";

/** An image of the report: its picture is part of the document. */
export interface ReportImage {
  readonly name: string;
  readonly label: string | null;
  readonly floatClass: string;
  readonly floatShare: number;
  readonly quantizedClass: string;
  readonly quantizedShare: number;
  readonly mark: string;
  readonly klDivergence: number;
  /** data: URL, or null where there are too many pictures. */
  readonly picture: string | null;
}

export type ReportSide = Omit<LabSide, "floatLogits" | "quantizedLogits" | "sites"> & { readonly label: string };

/** Everything that the report shows, as plain data: the HTML carries it along. */
export interface ReportDocument {
  readonly schema: "vitrine-report/1";
  readonly title: string;
  readonly verdict: string;
  /** What the main recipe does, in a sentence or two; null where it is not known here. */
  readonly method: string | null;
  /** Where most of the loss enters, in words; null where nothing is lost. */
  readonly lossSite: string | null;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly model: Pick<ModelCard, "name" | "family" | "config" | "parameters" | "assumed" | "preprocessing">;
  readonly main: ReportSide;
  readonly baseline: ReportSide | null;
  readonly warnings: LabComparison["warnings"];
  readonly images: readonly ReportImage[];
  readonly command: string;
  readonly manifest: Manifest | null;
}

export const MOST_PICTURES = 64;

export function reportDocument(parts: {
  readonly result: LabComparison;
  readonly card: ModelCard;
  readonly verdict: string;
  readonly method: string | null;
  readonly rows: readonly ImageRow[];
  readonly nameOf: (classIndex: number) => string;
  readonly labelOf: (recipe: string) => string;
  readonly pictureOf: (row: ImageRow) => string;
  readonly command: string;
  readonly manifest: Manifest | null;
  readonly madeAt: string;
}): ReportDocument {
  const { result, card, rows, nameOf, labelOf } = parts;
  const { name, family, config, parameters, assumed, preprocessing } = card;
  const site = findLossSite(result.main.layers);
  // Flips and rescues are what somebody wants to see; the rest follows in its order.
  const ordered = [...rows.filter(({ mark }) => mark !== "same"), ...rows.filter(({ mark }) => mark === "same")];
  return {
    schema: "vitrine-report/1",
    title: `${name}: float against ${labelOf(result.main.request.recipe)}`,
    verdict: parts.verdict,
    method: parts.method,
    lossSite: site === null ? null : placeName(site.layer),
    madeAt: parts.madeAt,
    model: { name, family, config, parameters, assumed, preprocessing },
    main: sideOf(result.main, labelOf),
    baseline: result.baseline === null ? null : sideOf(result.baseline, labelOf),
    warnings: result.warnings,
    images: ordered.map((row, i) => ({
      name: row.image.name,
      label: row.image.label === null ? null : nameOf(row.image.label),
      floatClass: nameOf(row.floatClass),
      floatShare: row.floatShare,
      quantizedClass: nameOf(row.quantizedClass),
      quantizedShare: row.quantizedShare,
      mark: row.mark,
      klDivergence: row.klDivergence,
      picture: i < MOST_PICTURES ? parts.pictureOf(row) : null,
    })),
    command: parts.command,
    manifest: parts.manifest,
  };
}

function sideOf(
  { floatLogits: _float, quantizedLogits: _quantized, sites: _sites, ...rest }: LabSide,
  labelOf: (recipe: string) => string,
): ReportSide {
  return { ...rest, label: labelOf(rest.request.recipe) };
}
