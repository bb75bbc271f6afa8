import { geometricScheme } from "./geometric.ts";

/** log-sqrt2 of RepQ-ViT: two codes per octave; dequantized by a shift and, for odd codes, one factor sqrt(2). */
export const logSqrt2 = geometricScheme("log-sqrt2", "log √2", 2);
