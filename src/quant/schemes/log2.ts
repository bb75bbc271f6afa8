import { geometricScheme } from "./geometric.ts";

/** log2 of FQ-ViT: one code per octave; dequantized by a shift alone. */
export const log2 = geometricScheme("log2", "log 2", 1);
