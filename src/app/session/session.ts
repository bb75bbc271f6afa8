/** What survives a reload, as far as it is small: where somebody was and what was set. Files lie in the origin's private file system. */
import type { LayerBits } from "../../quant/bits.ts";
import { GRANULARITIES } from "../../quant/granularity.ts";
import { RULE_ROLES, type LayerRule } from "../../quant/rules/layer-rule.ts";
import { RULE_SCHEMES } from "../../quant/rules/rule-schemes.ts";
import { withLayerBits } from "../../quant/rules/set-bits.ts";
import type { LabelColumns } from "../../formats/label-columns.ts";
import type { QuantizeRequest } from "../../runner/comparison.ts";
import type { SplitRule } from "../../runner/data/choose-images.ts";
import type { Filter, Side } from "../results/image-rows.ts";
import { isPanelName, type PanelName } from "../store/view-slice.ts";

export interface Session {
  readonly panel: PanelName;
  readonly controls: QuantizeRequest;
  /** The recipe beside it; null in sessions of earlier versions. */
  readonly versus: string | null;
  readonly side: Side;
  readonly filter: Filter;
  /** The sentence of the last run; its pictures and numbers are not kept. */
  readonly lastVerdict: string | null;
  /** What was open. `model`: its place in the private file system, null where it could not be kept. */
  readonly source: { readonly kind: "sample" } | { readonly kind: "files"; readonly model: string | null } | null;
  readonly rule: SplitRule | null;
  /** Instead of the model's own, as `printPreprocessing` writes it. */
  readonly preprocessing: string | null;
  readonly usesSoftwareAdapter: boolean;
  /** Of a table of labels, where somebody picked them. */
  readonly labelColumns: LabelColumns | null;
}

const KEY = "vitrine-session-1";

export function readSession(storage: Pick<Storage, "getItem"> | null): Session | null {
  try {
    return parseSession(storage?.getItem(KEY) ?? null);
  } catch {
    return null; // storage is blocked
  }
}

/** False where storage is blocked or full: the session lasts for this visit. */
export function writeSession(storage: Pick<Storage, "setItem"> | null, session: Session): boolean {
  try {
    storage?.setItem(KEY, JSON.stringify(session));
    return storage !== null;
  } catch {
    return false;
  }
}

/** null for anything that this version did not write. */
export function parseSession(text: string | null): Session | null {
  let json: unknown;
  try {
    json = JSON.parse(text ?? "null");
  } catch {
    return null;
  }
  if (!isRecord(json) || !isRecord(json["controls"])) return null;
  const { panel, versus, side, filter, lastVerdict, source, rule, labelColumns, preprocessing, usesSoftwareAdapter } = json;
  const controls = parseControls(json["controls"]);
  if (controls === null || typeof panel !== "string" || !isPanelName(panel)) return null;
  return {
    panel,
    controls,
    versus: typeof versus === "string" ? versus : null,
    side: side === "baseline" ? "baseline" : "main",
    filter: filter === "flip" || filter === "rescued" || filter === "near-tie" ? filter : "all",
    lastVerdict: typeof lastVerdict === "string" ? lastVerdict : null,
    source: parseSource(source),
    rule: parseRule(rule),
    preprocessing: typeof preprocessing === "string" ? preprocessing : null,
    usesSoftwareAdapter: usesSoftwareAdapter === true,
    labelColumns: parseColumns(labelColumns),
  };
}

function parseColumns(columns: unknown): LabelColumns | null {
  if (!isRecord(columns)) return null;
  const { file, label } = columns;
  return typeof file === "string" && typeof label === "string" ? { file, label } : null;
}

function parseControls({
  recipe,
  weightBits,
  activationBits,
  attentionBits,
  layerBits,
  rules,
  levels,
}: Record<string, unknown>): QuantizeRequest | null {
  if (typeof recipe !== "string" || !isBits(weightBits) || !isBits(activationBits)) return null;
  const kept = Array.isArray(rules) && rules.every(isLayerRule) ? rules : [];
  // Sessions of earlier versions.
  const all = isRecord(layerBits) && Object.values(layerBits).every(isLayerBits) ? withLayerBits(kept, layerBits as LayerBits) : kept;
  return {
    recipe,
    weightBits,
    activationBits,
    levels: levels === "as-published" ? "as-published" : "strict",
    ...(isBits(attentionBits) ? { attentionBits } : {}),
    ...(all.length > 0 ? { rules: all } : {}),
  };
}

function parseSource(source: unknown): Session["source"] {
  if (!isRecord(source)) return null;
  if (source["kind"] === "sample") return { kind: "sample" };
  if (source["kind"] !== "files") return null;
  return { kind: "files", model: typeof source["model"] === "string" ? source["model"] : null };
}

function parseRule(rule: unknown): SplitRule | null {
  if (!isRecord(rule)) return null;
  const { order, seed, calibrationCount, evaluationCount, unusual } = rule;
  const isCount = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && value >= 1;
  if ((order !== "given" && order !== "shuffled") || typeof seed !== "number" || !isCount(calibrationCount) || !isCount(evaluationCount))
    return null;
  return { order, seed, calibrationCount, evaluationCount, ...(unusual === "use" ? { unusual } : {}) };
}

/** As `rulesSchema` has it, without the library: the first screen reads sessions. */
function isLayerRule(value: unknown): value is LayerRule {
  if (!isRecord(value)) return false;
  const { where, role, bits, scheme, granularity } = value;
  const isListOf = (list: unknown, isOne: (item: unknown) => boolean) => Array.isArray(list) && list.length > 0 && list.every(isOne);
  const isOneOf = (names: readonly string[]) => (item: unknown) => typeof item === "string" && names.includes(item);
  return (
    isListOf(where, (name) => typeof name === "string" && name !== "") &&
    (role === undefined || isListOf(role, isOneOf(RULE_ROLES))) &&
    (bits === undefined || isBits(bits)) &&
    (scheme === undefined || isOneOf(RULE_SCHEMES)(scheme)) &&
    (granularity === undefined || isOneOf(GRANULARITIES)(granularity)) &&
    [bits, scheme, granularity].some((change) => change !== undefined)
  );
}

function isLayerBits(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((bits) => bits === undefined || isBits(bits));
}

function isBits(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 2 && value <= 8;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
