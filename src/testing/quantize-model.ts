import type { Gpu } from "../gpu/device.ts";
import type { Graph } from "../graph/graph.ts";
import type { QuantizeRequest } from "../runner/comparison.ts";
import type { ImageSource } from "../runner/image-source.ts";
import { createNodeRunner } from "../runner/node-runner.ts";
import { quantizeModels, type QuantizedModel } from "../runner/quantize-model.ts";

/** Calibrate on the GPU and apply the recipe. Takes the first images that the recipe wants. */
export async function quantizeModel(gpu: Gpu, graph: Graph, images: ImageSource, request: QuantizeRequest): Promise<QuantizedModel> {
  const [model] = await quantizeModels(createNodeRunner(gpu), graph, images, [request]);
  return model;
}
