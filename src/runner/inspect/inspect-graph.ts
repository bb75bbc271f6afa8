import { blockPlaces } from "../../graph/blocks.ts";
import type { Graph } from "../../graph/graph.ts";
import { sitesOf } from "../../graph/ops.ts";
import { isTable } from "../../graph/tables.ts";
import type { Weights } from "../../graph/quantizer.ts";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import { tensorStatistics, type TensorStatistics } from "./tensor-statistics.ts";
import { PREVIEW_BITS, weightSqnrDb } from "./weight-difficulty.ts";

/** A parameter of the model as the engine computes with it (LayerScale is folded into the layer before it). */
export interface InspectedTensor extends TensorStatistics {
  /** "blocks.3.attn.qkv.weight". */
  readonly name: string;
  /** Block index, or null outside the blocks. */
  readonly block: number | null;
  /** The layer without its block: "attn.qkv". */
  readonly layer: string;
  /** "weight", "bias", "gamma" ... */
  readonly parameter: string;
  readonly shape: readonly number[];
  readonly elements: number;
  /** Of all parameters. */
  readonly share: number;
  /** For weights of matrix layers, SQNR in dB after rounding each row to PREVIEW_BITS[i] bits; null for all others, which stay float. */
  readonly previewDb: readonly number[] | null;
}

/** Every parameter of the graph in the order of the network, with progress per layer. */
export async function inspectGraph(graph: Graph, job?: Job): Promise<readonly InspectedTensor[]> {
  const nodes = graph.nodes.filter(({ weights }) => parametersOf(weights).length > 0);
  const total = nodes.reduce((sum, { weights }) => sum + parametersOf(weights).reduce((n, [, { data }]) => n + data.length, 0), 0);
  const placeOf = blockPlaces(graph.nodes.map(({ name }) => name));
  const found: InspectedTensor[] = [];
  for (const [done, { name, op, weights }] of nodes.entries()) {
    throwIfCancelled(job);
    job?.onProgress?.({ stage: `reading ${name}`, done, total: nodes.length });
    const { block, role } = placeOf(name);
    for (const [parameter, values] of parametersOf(weights)) {
      found.push({
        ...tensorStatistics(values),
        name: `${name}.${parameter}`,
        block,
        layer: role,
        parameter,
        shape: values.shape,
        elements: values.data.length,
        share: values.data.length / Math.max(1, total),
        previewDb: parameter === "weight" && sitesOf(op).includes("weight") ? PREVIEW_BITS.map((bits) => weightSqnrDb(values, bits)) : null,
      });
    }
    // The work is synchronous: let a cancel message in.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return found;
}

function parametersOf(weights: Weights) {
  return Object.entries(weights).filter(([name]) => !isTable(name));
}
