/**
 * A recipe as a file: which method, how many bits, and ordered rules on top. The page writes and reads it, `--rules FILE` takes it.
 *
 *   { "schema": "vitrine-recipe/1", "preset": "repq-vit", "bits": { "weights": 4, "activations": 4 }, "levels": "strict",
 *     "rules": [{ "where": "blocks.*.mlp.fc2", "role": "input", "bits": 8 }] }
 *
 * `preset`, `bits`, `levels` may be left out: whoever reads the file then takes its own. See quant/rules/layer-rule.ts for what rules mean.
 */
import { z } from "zod";
import { JsonFault, lineAndColumn, parsePlacedJson } from "../../formats/json-places.ts";
import { GRANULARITIES } from "../../quant/granularity.ts";
import { RULE_ROLES, type LayerRule } from "../../quant/rules/layer-rule.ts";
import { RULE_SCHEMES } from "../../quant/rules/rule-schemes.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { QuantizeRequest } from "../comparison.ts";

const BITS = "Bits are whole numbers from 2 to 8.";
const bits = z.number(BITS).int(BITS).min(2, BITS).max(8, BITS);
const oneOf = <T extends string>(names: readonly T[]) => z.enum(names as [T, ...T[]], `One of ${names.join(", ")}.`);
/** A single one need not stand in brackets. */
const list = <T extends z.ZodType>(one: T, message: string) =>
  z.preprocess((value) => (typeof value === "string" ? [value] : value), z.array(one, message).min(1, message).max(5000));

/** Also of packages and links. */
export const rulesSchema = z
  .array(
    z
      .strictObject({
        where: list(
          z.string("A layer's name.").min(1, "A layer's name.").max(300),
          "The name of a layer, or several; * stands for any characters.",
        ),
        role: list(oneOf(RULE_ROLES), `One of ${RULE_ROLES.join(", ")}, or several.`).optional(),
        bits: bits.optional(),
        scheme: oneOf(RULE_SCHEMES).optional(),
        granularity: oneOf(GRANULARITIES).optional(),
      })
      .refine(
        ({ bits: count, scheme, granularity }) => (count ?? scheme ?? granularity) !== undefined,
        "A rule gives bits, a scheme or a granularity.",
      ),
    "A list of rules.",
  )
  .max(5000);

const recipeSchema = z.strictObject({
  schema: z.literal("vitrine-recipe/1", 'This must be "vitrine-recipe/1".'),
  preset: z.string("The name of a recipe.").min(1, "The name of a recipe.").max(100).optional(),
  bits: z.strictObject({ weights: bits, activations: bits, attention: bits.optional() }).optional(),
  levels: oneOf(["strict", "as-published"]).optional(),
  rules: rulesSchema.default([]),
});

export type RecipeDocument = z.infer<typeof recipeSchema>;

/** What is wrong with a text, and where; lines and columns from 1. */
export interface TextFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** `presets`: names of recipes there are; absent: any name passes. */
export function readRecipe(
  text: string,
  presets?: readonly string[],
): { readonly document: RecipeDocument } | { readonly fault: TextFault } {
  try {
    const json = parsePlacedJson(text);
    const parsed = recipeSchema.safeParse(json.value);
    const preset = parsed.data?.preset;
    if (preset !== undefined && presets?.includes(preset) === false)
      return { fault: { ...lineAndColumn(text, json.at(["preset"])), message: `One of ${presets.join(", ")}.` } };
    if (parsed.success) return { document: parsed.data };
    const [issue] = parsed.error.issues;
    const expectsObject = issue.code === "invalid_type" && issue.expected === "object";
    const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
    const place = json.at(unknown === undefined ? issue.path : [...issue.path, unknown]);
    return {
      fault: {
        ...lineAndColumn(text, place),
        message:
          unknown === undefined ? (expectsObject ? "An object in braces is expected." : issue.message) : `"${unknown}" is not known here.`,
      },
    };
  } catch (error) {
    if (error instanceof JsonFault) return { fault: { ...lineAndColumn(text, error.offset), message: error.message } };
    throw error;
  }
}

/** Throws RULES_INVALID with the line. */
export function parseRecipe(text: string, name: string): RecipeDocument {
  const read = readRecipe(text);
  if ("document" in read) return read.document;
  const { line, column, message } = read.fault;
  throw new InputError("RULES_INVALID", {
    what: `"${name}" is no recipe.`,
    why: `Line ${line}, column ${column}: ${message}`,
    next: 'Write {"schema": "vitrine-recipe/1", "rules": [{"where": "*.mlp.fc2", "role": "input", "bits": 8}]}, or save one from the page.',
  });
}

/** The request as a file, a rule a line. */
export function printRecipe({ recipe, weightBits, activationBits, attentionBits, levels, rules = [] }: QuantizeRequest): string {
  const attention = attentionBits === undefined ? "" : `, "attention": ${attentionBits}`;
  const head = [
    `"schema": "vitrine-recipe/1"`,
    `"preset": ${JSON.stringify(recipe)}`,
    `"bits": { "weights": ${weightBits}, "activations": ${activationBits}${attention} }`,
    `"levels": ${JSON.stringify(levels)}`,
  ];
  const lines = rules.map((rule) => `    ${printRule(rule)}`);
  const list = lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n  ]`;
  return `{\n${[...head, `"rules": ${list}`].map((line) => `  ${line}`).join(",\n")}\n}\n`;
}

/** The request that a file makes of another one, which serves for what the file leaves out. */
export function withRecipe(request: QuantizeRequest, { preset, bits: widths, levels, rules }: RecipeDocument): QuantizeRequest {
  return {
    ...request,
    ...(preset === undefined ? {} : { recipe: preset }),
    ...(widths === undefined ? {} : { weightBits: widths.weights, activationBits: widths.activations, attentionBits: widths.attention }),
    ...(levels === undefined ? {} : { levels }),
    rules: rules.length === 0 ? undefined : rules,
  };
}

function printRule({ where, role, ...change }: LayerRule): string {
  const single = <T>(items: readonly T[]): T | readonly T[] => (items.length === 1 ? items[0] : items);
  const entries = Object.entries({ where: single(where), ...(role === undefined ? {} : { role: single(role) }), ...change });
  const known = entries.filter(([, value]) => value !== undefined);
  return `{ ${known.map(([key, value]) => `${JSON.stringify(key)}: ${spaced(value)}`).join(", ")} }`;
}

function spaced(value: unknown): string {
  return Array.isArray(value) ? `[${value.map((item) => JSON.stringify(item)).join(", ")}]` : JSON.stringify(value);
}
