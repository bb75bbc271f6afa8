/**
 * How the rows of the positional embedding belong to tokens, and the image size that follows.
 * all: prefix tokens and patches; patches: patches only (timm no_embed_class); class-and-patches: no rows for registers (DINOv2).
 */
import { modelError } from "./error-codes.ts";

export type PositionLayout = "all" | "patches" | "class-and-patches";

export interface PositionQuery {
  readonly rows: number;
  readonly prefixTokens: number;
  readonly classToken: boolean;
  readonly patchSize: number;
  /** From a configuration; a size that is not square is only believed from there. */
  readonly statedSize: readonly [number, number] | null;
  /** From a configuration: whether class and other prefix tokens have no rows. */
  readonly noEmbedClass: boolean;
}

export interface Positions {
  readonly layout: PositionLayout;
  readonly imageSize: readonly [number, number];
  readonly patches: number;
}

export function locatePositions(query: PositionQuery): Positions {
  const { rows, prefixTokens, classToken, patchSize, statedSize, noEmbedClass } = query;
  const layouts: (readonly [PositionLayout, number])[] = [
    ["all", rows - prefixTokens],
    ["patches", rows],
  ];
  if (noEmbedClass) layouts.reverse();
  if (classToken && prefixTokens > 1) layouts.push(["class-and-patches", rows - 1]);
  if (statedSize) {
    const [height, width] = statedSize;
    const stated = (height / patchSize) * (width / patchSize);
    const fits = height % patchSize === 0 && width % patchSize === 0;
    const found = layouts.find(([, patches]) => fits && patches === stated);
    if (found) return { layout: found[0], imageSize: statedSize, patches: stated };
  }
  for (const [layout, patches] of layouts) {
    const side = Math.sqrt(patches);
    if (patches > 0 && Number.isInteger(side)) return { layout, imageSize: [side * patchSize, side * patchSize], patches };
  }
  throw modelError(
    "POSITIONS_MISMATCH",
    `The positional embedding has ${rows} rows.`,
    statedSize
      ? `The configuration's image of ${statedSize.join(" x ")} pixels in patches of ${patchSize} has other tokens (${prefixTokens} before the patches), and no square image fits.`
      : `With ${prefixTokens} tokens before the patches, no square image in patches of ${patchSize} fits.`,
    "If the model takes images that are not square, say so in config.json (img_size or image_size as [height, width]).",
  );
}

/** The layout once the numbers of tokens and rows are settled. */
export function layoutOf(rows: number, prefixTokens: number, tokens: number): PositionLayout {
  if (rows === tokens) return "all";
  return rows === tokens - prefixTokens ? "patches" : "class-and-patches";
}

/** The row that prefix token `index` adds, or null. */
export function positionRow(layout: PositionLayout, index: number): number | null {
  if (layout === "all") return index;
  return layout === "class-and-patches" && index === 0 ? 0 : null; // the class token is the first of the prefix
}
