import { adalog } from "./adalog.ts";
import { dopqVit } from "./dopq-vit.ts";
import { erq } from "./erq.ts";
import { fqVit } from "./fq-vit.ts";
import { gptaq } from "./gptaq.ts";
import { gptq } from "./gptq.ts";
import { isVit } from "./is-vit.ts";
import { lrpQvit } from "./lrp-qvit.ts";
import { minMax } from "./min-max.ts";
import { mse } from "./mse.ts";
import { outlierTune } from "./outlier-tune.ts";
import { percentile } from "./percentile.ts";
import { ptq4vit } from "./ptq4vit.ts";
import { qwtV2 } from "./qwt-v2.ts";
import { qwt } from "./qwt.ts";
import type { Recipe } from "./recipe.ts";
import { repqVit } from "./repq-vit.ts";
import { repquant } from "./repquant.ts";
import { sensitivity } from "./sensitivity.ts";
import { smoothQuant } from "./smooth-quant.ts";
import { uqVit } from "./uq-vit.ts";
import { vitrine } from "./vitrine.ts";

/** Every recipe by name, baselines first. Adding one: its file, its test, its page in docs/methods, one line here. */
export const recipes = {
  "min-max": minMax,
  percentile,
  mse,
  "smooth-quant": smoothQuant,
  "fq-vit": fqVit,
  ptq4vit,
  "repq-vit": repqVit,
  "outlier-tune": outlierTune,
  repquant,
  "dopq-vit": dopqVit,
  "is-vit": isVit,
  adalog,
  "uq-vit": uqVit,
  gptq,
  gptaq,
  erq,
  qwt,
  "qwt-v2": qwtV2,
  "lrp-qvit": lrpQvit,
  sensitivity,
  vitrine,
} as const satisfies Record<string, Recipe>;

export type RecipeName = keyof typeof recipes;

export function isRecipeName(name: string): name is RecipeName {
  return Object.hasOwn(recipes, name);
}
