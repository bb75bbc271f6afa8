import type { Graph } from "../graph/graph.ts";
import { runNode } from "../reference/index.ts";
import { quantizeModels } from "../runner/quantize-model.ts";
import type { QuantizeRequest } from "../runner/comparison.ts";
import type { DiagnosedModel } from "../runner/diagnose/diagnosed-model.ts";
import { tensorSource } from "../runner/image-source.ts";
import { smallImages, smallVit } from "./small-vit.ts";

/** The small ViT quantized by a recipe, with three images to look at, on the plain CPU reference. */
export async function diagnosedSmallVit(change: Partial<QuantizeRequest> = {}, float: Graph = smallVit()): Promise<DiagnosedModel> {
  const onCpu: DiagnosedModel["runNode"] = (node, inputs) => Promise.resolve(runNode(node, inputs));
  const request: QuantizeRequest = { recipe: "repq-vit", weightBits: 4, activationBits: 4, levels: "strict", ...change };
  const source = tensorSource(smallImages(8, 21), float.inputShape, "calibration");
  const [{ graph }] = await quantizeModels(onCpu, float, source, [request]);
  return { float, quantized: graph, images: smallImages(3, 5), runNode: onCpu };
}
