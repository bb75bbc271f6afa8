/** What survives a reload, as far as it is small: where somebody was and what was set. Files lie in the origin's private file system. */
import type { QuantizeRequest } from "../../runner/comparison.ts";
import type { SplitRule } from "../../runner/data/choose-images.ts";
import type { Filter, Side } from "../results/image-rows.ts";
import { isPanelName, type PanelName } from "../store/view-slice.ts";

export interface Session {
  readonly panel: PanelName;
  readonly controls: QuantizeRequest;
  readonly side: Side;
  readonly filter: Filter;
  /** The sentence of the last run; its pictures and numbers are not kept. */
  readonly lastVerdict: string | null;
  /** What was open. `model`: its place in the private file system, null where it could not be kept. */
  readonly source: { readonly kind: "sample" } | { readonly kind: "files"; readonly model: string | null } | null;
  readonly rule: SplitRule | null;
}

const KEY = "vitrine-session-1";

export function readSession(storage: Pick<Storage, "getItem"> | null): Session | null {
  try {
    return parseSession(storage?.getItem(KEY) ?? null);
  } catch {
    return null; // storage is blocked
  }
}

export function writeSession(storage: Pick<Storage, "setItem"> | null, session: Session): void {
  try {
    storage?.setItem(KEY, JSON.stringify(session));
  } catch {
    // storage is blocked or full: the session lasts for this visit
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
  const { panel, side, filter, lastVerdict, source, rule } = json;
  const controls = parseControls(json["controls"]);
  if (controls === null || typeof panel !== "string" || !isPanelName(panel)) return null;
  return {
    panel,
    controls,
    side: side === "baseline" ? "baseline" : "main",
    filter: filter === "flip" || filter === "rescued" || filter === "near-tie" ? filter : "all",
    lastVerdict: typeof lastVerdict === "string" ? lastVerdict : null,
    source: parseSource(source),
    rule: parseRule(rule),
  };
}

function parseControls({
  recipe,
  weightBits,
  activationBits,
  attentionBits,
  layerBits,
  levels,
}: Record<string, unknown>): QuantizeRequest | null {
  if (typeof recipe !== "string" || !isBits(weightBits) || !isBits(activationBits)) return null;
  return {
    recipe,
    weightBits,
    activationBits,
    levels: levels === "as-published" ? "as-published" : "strict",
    ...(isBits(attentionBits) ? { attentionBits } : {}),
    ...(isRecord(layerBits) && Object.values(layerBits).every(isLayerBits) ? { layerBits: layerBits as QuantizeRequest["layerBits"] } : {}),
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
  const { order, seed, calibrationCount, evaluationCount } = rule;
  const isCount = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && value >= 1;
  if ((order !== "given" && order !== "shuffled") || typeof seed !== "number" || !isCount(calibrationCount) || !isCount(evaluationCount))
    return null;
  return { order, seed, calibrationCount, evaluationCount };
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
