/**
 * Node data as Model Explorer and AI Edge Quantizer write it: { "results": { name: { "value": number } } }, or one of these for each graph under its name.
 * https://github.com/google-ai-edge/model-explorer/wiki/4.-API-Guide (custom node data).
 */
import { InputError } from "../../tensor/input-error.ts";

/** Numbers by node name. */
export interface NodeData {
  readonly name: string;
  readonly values: ReadonlyMap<string, number>;
}

/** Values that are no numbers (labels, missing) are left out. Throws NODE_DATA_INVALID when nothing is left. */
export function parseNodeData(text: string, fileName: string): NodeData {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid(fileName, "It is no JSON.");
  }
  const found = graphsIn(json);
  if (found.length === 0) throw invalid(fileName, 'It has no "results".');
  const values = new Map<string, number>();
  for (const { results } of found) {
    for (const [name, entry] of Object.entries(results)) {
      const value = isRecord(entry) ? entry["value"] : entry;
      if (typeof value === "number" && Number.isFinite(value)) values.set(name, value);
    }
  }
  if (values.size === 0) throw invalid(fileName, "None of its results has a number as its value.");
  return { name: found[0]?.name ?? fileName, values };
}

interface Results {
  readonly name: string | undefined;
  readonly results: Record<string, unknown>;
}

function graphsIn(json: unknown): readonly Results[] {
  if (!isRecord(json)) return [];
  const { results, name } = json;
  if (isRecord(results)) return [{ name: typeof name === "string" ? name : undefined, results }];
  return Object.entries(json).flatMap(([graph, one]) =>
    isRecord(one) && isRecord(one["results"]) ? [{ name: graph, results: one["results"] }] : [],
  );
}

/** Names of layers here: "model/blocks/3/attn/qkv;shadow" and "blocks.3.attn.qkv" are the same. */
export function valueOf({ values }: NodeData, layer: string): number | null {
  const exact = values.get(layer);
  if (exact !== undefined) return exact;
  for (const [name, value] of values) {
    const plain = `.${(name.split(";")[0] ?? "").replaceAll(/[/:]/g, ".")}`;
    if (plain.endsWith(`.${layer}`)) return value;
  }
  return null;
}

function invalid(fileName: string, why: string): InputError {
  return new InputError("NODE_DATA_INVALID", {
    what: `"${fileName}" is no node data.`,
    why,
    next: "Open a file that Model Explorer shows, or that this page's Report has written.",
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
