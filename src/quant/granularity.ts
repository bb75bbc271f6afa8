/** per row: one quantizer per output channel of a weight; per column: one per channel of an activation; per head: one per attention head of q, k or v. */
export const GRANULARITIES = ["per tensor", "per row", "per column", "per head", "per token"] as const;
export type Granularity = (typeof GRANULARITIES)[number];
