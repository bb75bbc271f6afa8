/** Class names: Hugging Face's id2label, timm's label_names (with label_descriptions where those are given). */
import type { JsonObject } from "../formats/json.ts";
import { findField, isObject } from "./settings.ts";

/** As many names as classes, or null when the files do not tell (or tell only "LABEL_0", "LABEL_1" ...). */
export function findLabels(config: JsonObject | null, numClasses: number): readonly string[] | null {
  const labels = fromIdToLabel(config, numClasses) ?? fromLabelNames(config);
  if (!labels || labels.length !== numClasses || labels.every((label, i) => label === `LABEL_${i}`)) return null;
  return labels;
}

function fromIdToLabel(config: JsonObject | null, numClasses: number): readonly string[] | null {
  const table = findField(config, ["id2label"])?.value;
  if (!isObject(table) || Object.keys(table).length !== numClasses) return null;
  const labels: string[] = [];
  for (let id = 0; id < numClasses; id++) {
    const label = Object.hasOwn(table, String(id)) ? table[String(id)] : null;
    if (typeof label !== "string") return null;
    labels.push(label);
  }
  return labels;
}

function fromLabelNames(config: JsonObject | null): readonly string[] | null {
  const names = findField(config, ["pretrained_cfg.label_names", "label_names"])?.value;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) return null;
  const descriptions = findField(config, ["pretrained_cfg.label_descriptions", "label_descriptions"])?.value;
  return (names as readonly string[]).map((name) => {
    const description = isObject(descriptions) && Object.hasOwn(descriptions, name) ? descriptions[name] : name;
    return typeof description === "string" ? description : name;
  });
}
