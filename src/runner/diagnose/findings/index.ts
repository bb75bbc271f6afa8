import type { Diagnosis, Finding, FindingRule, Severity } from "./finding.ts";
import { geluRule } from "./gelu-rule.ts";
import { normRule } from "./norm-rule.ts";
import { rankingRule } from "./ranking-rule.ts";
import { residualRule } from "./residual-rule.ts";
import { softmaxRule } from "./softmax-rule.ts";
import { splitRule } from "./split-rule.ts";

/** Every rule. Adding one: its file, its test, one line here. */
export const findingRules: readonly FindingRule[] = [splitRule, rankingRule, normRule, softmaxRule, geluRule, residualRule];

const ORDER: Record<Severity, number> = { high: 0, medium: 1, low: 2 };

/** What the numbers say, worst first. */
export function findingsOf(diagnosis: Diagnosis): Finding[] {
  return findingRules.flatMap((rule) => rule.look(diagnosis)).toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}
