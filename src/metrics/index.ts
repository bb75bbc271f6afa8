import { cosine } from "./cosine.ts";
import { featureCosine } from "./feature-cosine.ts";
import { klDivergence } from "./kl-divergence.ts";
import type { Metric } from "./metric.ts";
import { mse } from "./mse.ts";
import { neighbourAgreement } from "./neighbour-agreement.ts";
import { sqnrDb } from "./sqnr-db.ts";
import { top1Accuracy } from "./top1-accuracy.ts";
import { top1Agreement } from "./top1-agreement.ts";

/** Every metric by name. Adding one: its file, its test, one line here. */
export const metrics = {
  sqnrDb,
  cosine,
  mse,
  klDivergence,
  top1Agreement,
  top1Accuracy,
  featureCosine,
  neighbourAgreement,
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;
