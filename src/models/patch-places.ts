/** Where the patches lie: the image size that the positions are for, or that is asked for, when positions can follow. */
import type { ModelFiles } from "../formats/open-model.ts";
import { elementCount } from "../tensor/tensor.ts";
import { imageSizePaths } from "./contradictions.ts";
import { modelError } from "./error-codes.ts";
import type { Overrides } from "./family.ts";
import { locatePositions } from "./positions.ts";
import { booleanField, sizeField } from "./settings.ts";
import { wrongShape, type NamedShapes } from "./tensor-checks.ts";
import type { VitVariant } from "./vit-variant.ts";

export interface PatchPlaces {
  readonly imageSize: readonly [number, number];
  /** Present where the stored positions are resampled. */
  readonly positionGrid: readonly [number, number] | null;
  readonly assumed: boolean;
  readonly notes: readonly string[];
}

interface Known {
  readonly classToken: boolean;
  readonly prefixTokens: number;
  readonly patchSize: number;
  readonly embedDim: number;
  readonly depth: number;
  readonly numHeads: number;
}

type Size = readonly [number, number];

export function placePatches(files: ModelFiles, shapes: NamedShapes, overrides: Overrides, variant: VitVariant, known: Known): PatchPlaces {
  const { patchSize } = known;
  const statedSize = sizeField(files.config, imageSizePaths);
  const relative = relativeGrid(shapes, known, statedSize);
  const stored = shapes.has("pos_embed") ? absoluteSize(files, shapes, known, statedSize) : null;
  const own: Size | null = stored ?? (relative && [relative[0] * patchSize, relative[1] * patchSize]);
  if (!own) shapes.shape("pos_embed"); // throws: there is nothing to tell tokens by their places
  const natural = own ?? [0, 0];
  const wanted = overrides.imageSize ?? variant.runSize?.(files) ?? natural;
  if (wanted[0] === natural[0] && wanted[1] === natural[1]) return { imageSize: natural, positionGrid: null, assumed: false, notes: [] };
  if (relative) throw unmovable(wanted, natural, "relative positions are not resampled here");
  if (wanted.some((side) => side % patchSize !== 0)) throw unmovable(wanted, natural, `patches are ${patchSize} pixels wide`);
  const grid: Size = [natural[0] / patchSize, natural[1] / patchSize];
  const note = `Positions for ${grid.join(" x ")} patches are resampled to ${wanted[0] / patchSize} x ${wanted[1] / patchSize}, as the model does on images of ${wanted.join(" x ")} pixels.`;
  return { imageSize: wanted, positionGrid: grid, assumed: false, notes: [note] };
}

function absoluteSize({ config }: ModelFiles, shapes: NamedShapes, known: Known, statedSize: Size | null): Size {
  const rows = elementCount(shapes.shape("pos_embed").slice(0, -1));
  shapes.expectRows("pos_embed", rows, known.embedDim);
  const noEmbedClass = booleanField(config, ["model_args.no_embed_class", "no_embed_class"]) ?? false;
  return locatePositions({ rows, ...known, statedSize, noEmbedClass }).imageSize;
}

/** Patches down and across from tables of (2h - 1)(2w - 1) + 3 rows; null without any. */
function relativeGrid(shapes: NamedShapes, { patchSize, numHeads, depth }: Known, statedSize: Size | null): Size | null {
  const shared = shapes.has("rel_pos_bias.relative_position_bias_table");
  if (!shared && !shapes.has("blocks.0.attn.relative_position_bias_table")) return null;
  const owners = shared ? ["rel_pos_bias"] : Array.from({ length: depth }, (_, i) => `blocks.${i}.attn`);
  const [rows] = shapes.matrix(`${owners[0]}.relative_position_bias_table`);
  for (const owner of owners) shapes.expect(`${owner}.relative_position_bias_table`, [rows, numHeads]);
  const stated = statedSize && [statedSize[0] / patchSize, statedSize[1] / patchSize];
  if (stated && (2 * stated[0] - 1) * (2 * stated[1] - 1) + 3 === rows) return [stated[0], stated[1]];
  const side = (Math.sqrt(rows - 3) + 1) / 2;
  if (!Number.isInteger(side)) {
    throw wrongShape(
      shapes.fileName(`${owners[0]}.relative_position_bias_table`),
      [rows, numHeads],
      "(2h - 1)(2w - 1) + 3 rows for h x w patches and a class token",
    );
  }
  return [side, side];
}

function unmovable(wanted: Size, natural: Size, why: string) {
  return modelError(
    "POSITIONS_MISMATCH",
    `Images of ${wanted.join(" x ")} pixels are asked for, the model's positions are for ${natural.join(" x ")}.`,
    `It cannot be run at that size: ${why}.`,
    `Run it on images of ${natural.join(" x ")} pixels.`,
  );
}
