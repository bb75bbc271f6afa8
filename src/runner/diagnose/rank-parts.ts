/**
 * Which part of the model costs most: quantized alone (enable-only), and left in float alone (disable-only). Both are measured at the logits, because an
 * error that is large at its layer may not matter, and a small one may. (AIMET's per-layer analysis.)
 */
import { blockPlaces } from "../../graph/blocks.ts";
import { throwIfCancelled } from "../../tensor/progress.ts";
import type { DiagnosedModel } from "./diagnosed-model.ts";
import { distance, floatLogits, type Distance } from "./distance.ts";
import { ALL_OFF, ALL_ON, createSwitchedRuns, type Switches } from "./switched-runs.ts";

/** What is switched together: a layer, all layers of a role, all of a block. */
export type PartKind = "layer" | "role" | "block";
/** only: this part quantized, all else float. without: everything quantized but this part. */
export type RankMode = "only" | "without";

export interface Part {
  /** Node name, role ("mlp.fc1") or "block 3". */
  readonly name: string;
  readonly nodes: readonly string[];
  /** Of a single layer or block; null for a role. */
  readonly block: number | null;
}

export interface RankedPart extends Part {
  readonly distance: Distance;
}

export interface Ranking {
  readonly kind: PartKind;
  readonly mode: RankMode;
  /** Worst first: for "only" the largest KL divergence, for "without" the smallest, because leaving it out helps most. */
  readonly parts: readonly RankedPart[];
  /** What the model is at without any switch: nothing quantized for "only", everything for "without". */
  readonly start: Distance;
  readonly imageCount: number;
}

/** Every node with quantizers belongs to one part. */
export function partsOf({ quantized }: Pick<DiagnosedModel, "quantized">, kind: PartKind): Part[] {
  const placeOf = blockPlaces(quantized.nodes.map(({ name }) => name));
  const parts = new Map<string, { nodes: string[]; block: number | null }>();
  for (const { name, quantizers } of quantized.nodes) {
    if (Object.keys(quantizers ?? {}).length === 0) continue;
    const { block, role } = placeOf(name);
    const key = kind === "layer" ? name : kind === "role" || block === null ? role : `block ${block}`;
    const part = parts.get(key) ?? { nodes: [], block: kind === "role" ? null : block };
    part.nodes.push(name);
    parts.set(key, part);
  }
  return [...parts].map(([name, part]) => ({ name, ...part }));
}

export async function rankParts(model: DiagnosedModel, kind: PartKind, mode: RankMode): Promise<Ranking> {
  const { job } = model;
  const parts = partsOf(model, kind);
  const reference = await floatLogits(model);
  const common = mode === "only" ? ALL_OFF : ALL_ON;
  const run = createSwitchedRuns(model, common);
  const ranked: RankedPart[] = [];
  for (const [index, part] of parts.entries()) {
    throwIfCancelled(job);
    const stage = mode === "only" ? `quantizing ${part.name} alone` : `leaving out ${part.name}`;
    job?.onProgress?.({ stage, done: index, total: parts.length + 1 });
    ranked.push({ ...part, distance: distance(reference, await run(switchesOf(part, mode))) });
  }
  const start = distance(reference, await run(common));
  job?.onProgress?.({ stage: "ranked", done: parts.length + 1, total: parts.length + 1 });
  const sign = mode === "only" ? -1 : 1;
  return {
    kind,
    mode,
    parts: ranked.toSorted((a, b) => sign * (a.distance.klDivergence - b.distance.klDivergence)),
    start,
    imageCount: model.images.shape[0],
  };
}

function switchesOf({ nodes }: Part, mode: RankMode): Switches {
  const named = new Set(nodes);
  return ({ name }) => named.has(name) === (mode === "only");
}
