import type { LayerRule, SiteSetting } from "../../quant/rules/layer-rule.ts";

const SHOWN = 2;

/** "blocks.*.mlp.fc2, input: 8 bits"; long lists of names by their length. */
export function ruleText(rule: LayerRule): string {
  const { where, role } = rule;
  const names = where.length <= SHOWN ? where.join(" and ") : `${where[0]} and ${where.length - 1} more layers`;
  return `${names}${role === undefined ? "" : `, ${role.join(" and ")}`}: ${changeText(rule)}`;
}

/** "8 bits, log2, per row". */
export function changeText({ bits, scheme, granularity }: Partial<Pick<LayerRule, keyof SiteSetting>>): string {
  return [bits === undefined ? undefined : `${bits} bits`, scheme, granularity].filter((part) => part !== undefined).join(", ");
}
