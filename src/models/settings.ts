/**
 * Fields of a configuration under the names that timm and Hugging Face give them. Both styles are looked up whatever the weights' naming is:
 * converted weights often lie beside the original's config.json. `model_args` (timm) comes first, because it is what the model was made with.
 */
import type { Json, JsonObject } from "../formats/json.ts";
import { modelError } from "./error-codes.ts";

export interface Field {
  /** As written in the file: "model_args.num_heads". */
  readonly path: string;
  readonly value: Exclude<Json, null>;
}

/** The first of `paths` (dots go into objects) that is there and not null. */
export function findField(config: JsonObject | null, paths: readonly string[]): Field | null {
  for (const path of paths) {
    let value: Json | undefined = config;
    for (const key of path.split(".")) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    if (value !== undefined && value !== null) return { path, value };
  }
  return null;
}

/** Whether timm's architecture or Hugging Face's model type is called so. */
export function isNamed(config: JsonObject | null, pattern: RegExp): boolean {
  const named = ["architecture", "model_type"].map((path) => findField(config, [path])?.value);
  return named.some((name) => typeof name === "string" && pattern.test(name));
}

export function numberField(config: JsonObject | null, paths: readonly string[]): number | null {
  const field = findField(config, paths);
  if (field && (typeof field.value !== "number" || !Number.isFinite(field.value))) throw invalidField(field, "a number");
  return field && (field.value as number);
}

export function textField(config: JsonObject | null, paths: readonly string[]): string | null {
  const field = findField(config, paths);
  if (field && typeof field.value !== "string") throw invalidField(field, "a text");
  return field && (field.value as string);
}

export function booleanField(config: JsonObject | null, paths: readonly string[]): boolean | null {
  const field = findField(config, paths);
  if (field && typeof field.value !== "boolean") throw invalidField(field, "true or false");
  return field && (field.value as boolean);
}

/** [height, width] from 224, [224, 224], [3, 224, 224] or {"height": 224, "width": 224}. */
export function sizeField(config: JsonObject | null, paths: readonly string[]): readonly [number, number] | null {
  const field = findField(config, paths);
  if (!field) return null;
  const { value } = field;
  const sides = Array.isArray(value)
    ? (value as readonly Json[]).slice(-2)
    : isObject(value)
      ? [value.height, value.width]
      : [value, value];
  const [height, width] = sides.length === 1 ? [sides[0], sides[0]] : sides;
  if (!isSize(height) || !isSize(width)) throw invalidField(field, "a size in pixels");
  return [height, width];
}

/** Three numbers, one a colour channel (one number stands for all three). */
export function colourField(config: JsonObject | null, paths: readonly string[]): readonly [number, number, number] | null {
  const field = findField(config, paths);
  if (!field) return null;
  const values: readonly Json[] = Array.isArray(field.value) ? (field.value as readonly Json[]) : [field.value];
  const [red, green, blue] = values.length === 1 ? [values[0], values[0], values[0]] : values;
  if (values.length > 3 || !isFinite(red) || !isFinite(green) || !isFinite(blue)) throw invalidField(field, "three numbers");
  return [red, green, blue];
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function invalidField(field: Field, expected: string) {
  return modelError(
    "CONFIG_INVALID",
    `The configuration's ${field.path} is ${JSON.stringify(field.value).slice(0, 80)}.`,
    `It should be ${expected}.`,
    "Correct it, or leave the configuration out: what it would tell is then inferred or assumed, and shown as such.",
  );
}

function isFinite(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isSize(value: Json | undefined): value is number {
  return isFinite(value) && Number.isInteger(value) && value > 0;
}
