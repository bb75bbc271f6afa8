import type { InspectedTensor } from "../../runner/inspect/inspect-graph.ts";

/** What the table of tensors can be ordered by. */
export type TensorColumn = "order" | "name" | "elements" | "range" | "standardDeviation" | "kurtosis" | "outlierChannels" | "preview";

export interface TensorOrder {
  readonly column: TensorColumn;
  readonly isDescending: boolean;
}

export const NETWORK_ORDER: TensorOrder = { column: "order", isDescending: false };

/** Which part of the network: everything, what lies outside the blocks, one block, or one layer of it. */
export interface Branch {
  readonly block: number | "all" | "outside";
  readonly layer: string | null;
}

export const WHOLE: Branch = { block: "all", layer: null };

/** Tensors of a branch whose name holds every word of the search, in the asked order; values that a tensor lacks come last. */
export function tensorRows(
  tensors: readonly InspectedTensor[],
  branch: Branch,
  search: string,
  order: TensorOrder,
  bitsIndex: number,
): readonly InspectedTensor[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = tensors.filter((tensor) => isIn(tensor, branch) && words.every((word) => tensor.name.toLowerCase().includes(word)));
  if (order.column === "order") return order.isDescending ? found.toReversed() : found;
  if (order.column === "name")
    return found.toSorted((a, b) => (order.isDescending ? -1 : 1) * a.name.localeCompare(b.name, "en", { numeric: true }));
  const valueOf = NUMBERS[order.column];
  return found.toSorted((a, b) => {
    const [left, right] = [valueOf(a, bitsIndex), valueOf(b, bitsIndex)];
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    return left === right ? 0 : (left < right ? -1 : 1) * (order.isDescending ? -1 : 1);
  });
}

const NUMBERS: Readonly<Record<Exclude<TensorColumn, "order" | "name">, (tensor: InspectedTensor, bitsIndex: number) => number | null>> = {
  elements: ({ elements }) => elements,
  range: ({ low, high }) => high - low,
  standardDeviation: ({ standardDeviation }) => standardDeviation,
  kurtosis: ({ kurtosis }) => kurtosis,
  outlierChannels: ({ outlierChannels }) => outlierChannels,
  preview: ({ previewDb }, bitsIndex) => previewDb?.[bitsIndex] ?? null,
};

function isIn({ block, layer }: InspectedTensor, branch: Branch): boolean {
  if (branch.block === "all") return true;
  if ((branch.block === "outside" ? null : branch.block) !== block) return false;
  return branch.layer === null || branch.layer === layer;
}

/** A line of the block tree: its layers, its share of the parameters, and its weakest weight at the chosen bits. */
export interface TreeBlock {
  readonly block: number | "outside";
  readonly layers: readonly string[];
  readonly share: number;
  readonly weakestDb: number | null;
}

export function blockTree(tensors: readonly InspectedTensor[], bitsIndex: number): readonly TreeBlock[] {
  const blocks = [...new Set(tensors.map(({ block }) => block ?? "outside"))];
  return blocks
    .toSorted((a, b) => (a === "outside" ? -1 : b === "outside" ? 1 : a - b))
    .map((block) => {
      const own = tensors.filter((tensor) => (tensor.block ?? "outside") === block);
      const db = own.flatMap(({ previewDb }) => (previewDb === null ? [] : [previewDb[bitsIndex] ?? Infinity]));
      return {
        block,
        layers: [...new Set(own.map(({ layer }) => layer))],
        share: own.reduce((sum, { share }) => sum + share, 0),
        weakestDb: db.length === 0 ? null : Math.min(...db),
      };
    });
}

/** Weights of matrix layers, blocks x layers, for the difficulty picture. */
export function difficultyMap(tensors: readonly InspectedTensor[]): {
  readonly layers: readonly string[];
  readonly blocks: readonly number[];
  readonly cells: ReadonlyMap<string, InspectedTensor>;
} {
  const weights = tensors.filter(({ previewDb, block }) => previewDb !== null && block !== null);
  return {
    layers: [...new Set(weights.map(({ layer }) => layer))],
    blocks: [...new Set(weights.map(({ block }) => block ?? 0))].toSorted((a, b) => a - b),
    cells: new Map(weights.map((tensor) => [`${tensor.layer}@${tensor.block}`, tensor])),
  };
}
