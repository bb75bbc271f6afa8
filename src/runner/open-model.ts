import type { ByteSource } from "../formats/byte-source.ts";
import { openModelFiles } from "../formats/open-model.ts";
import type { Graph } from "../graph/graph.ts";
import type { ModelCard } from "../models/config.ts";
import { identifyModel } from "../models/index.ts";
import { unpackWeights } from "../models/packed/index.ts";
import type { Overrides } from "../models/family.ts";
import { schemes } from "../quant/schemes/index.ts";
import { InputError } from "../tensor/input-error.ts";
import type { Job } from "../tensor/progress.ts";
import type { QuantizeRequest } from "./comparison.ts";
import { isPackage, readPackage, readPackageHeader } from "./package.ts";

/** A float model or a quantized package, known by its header; `build` reads the weights. */
export interface OpenModel {
  readonly card: ModelCard;
  /** Where files contradict each other, and which was followed. */
  readonly notes: readonly string[];
  /** What a package, or a quantized model of another tool, was quantized with; null for a float model. */
  readonly quantization: QuantizeRequest | null;
  build(job?: Job): Promise<Graph>;
}

export async function openModel(sources: readonly ByteSource[], overrides: Overrides = {}): Promise<OpenModel> {
  const files = await openModelFiles(sources);
  if (!files.onnx && isPackage(files.weights)) {
    const { card, request } = readPackageHeader(files.weights);
    return { card, notes: [], quantization: request, build: () => readPackage(files.weights) };
  }
  const { card, notes, build } = identifyModel(await unpackWeights(files), overrides);
  const checked = async (job?: Job) => refuseUnknownSchemes(await build(job));
  return { card, notes, quantization: card.quantization ? baselineOf(card.quantization) : null, build: checked };
}

/** Schemes that a file names: our own exports hold them by name, and anybody may have written one. */
function refuseUnknownSchemes(graph: Graph): Graph {
  for (const { name, quantizers } of graph.nodes) {
    for (const { scheme } of Object.values(quantizers ?? {})) {
      if (Object.hasOwn(schemes, scheme)) continue;
      throw new InputError("SCHEME_UNKNOWN", {
        what: `${name} is quantized by the scheme "${scheme}".`,
        why: `The schemes are ${Object.keys(schemes).join(", ")}.`,
        next: "Open the file with the version that wrote it, or the float model.",
      });
    }
  }
  return graph;
}

/** What a file of another tool was quantized with, as far as it can be told. */
function baselineOf({ recipe, weightBits, activationBits }: NonNullable<ModelCard["quantization"]>): QuantizeRequest {
  return { recipe, weightBits, activationBits, levels: "strict" };
}

/** The graph without its quantizers: what a package's decoded weights compute in float. */
export function withoutQuantizers(graph: Graph): Graph {
  const nodes = graph.nodes.map(({ name, op, inputs, attributes, weights }) => ({ name, op, inputs, attributes, weights }));
  return { ...graph, nodes };
}
