/** OMSE as FQ-ViT uses it (ptq-wide 1.3.1): both ends of the range shrink together in 90 steps of 1 %, the smallest squared error wins, the wider on a tie. */
import { gridMse } from "./grid-mse.ts";
import { shrunkRanges } from "./rank-fits.ts";

const FACTORS = Array.from({ length: 90 }, (_, i) => 1 - i * 0.01);

export const omse = gridMse(shrunkRanges(FACTORS), "OMSE");
