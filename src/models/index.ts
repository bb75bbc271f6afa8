/** Recognising a model: the registered families, and the one call that turns files into a card and, when wanted, a graph. */
import type { ModelFiles, Packing } from "../formats/open-model.ts";
import type { Graph } from "../graph/graph.ts";
import type { Job } from "../tensor/progress.ts";
import { beit } from "./beit.ts";
import { cct } from "./cct.ts";
import { clip } from "./clip.ts";
import type { ModelCard } from "./config.ts";
import { deit } from "./deit.ts";
import { inTimmNames } from "./dialects/index.ts";
import { dinov2 } from "./dinov2.ts";
import type { Description, Family, Overrides } from "./family.ts";
import { mae } from "./mae.ts";
import { mobilevit } from "./mobilevit.ts";
import { onnx } from "./onnx.ts";
import { notAVit } from "./other-networks.ts";
import { siglip } from "./siglip.ts";
import { slab } from "./slab.ts";
import { swin } from "./swin.ts";
import { tinyVit } from "./tiny-vit.ts";
import { vit } from "./vit.ts";

export const families: readonly Family[] = [clip, siglip, beit, mae, dinov2, deit, slab, vit, swin, cct, tinyVit, mobilevit, onnx];

/** Below this, the weights are of no family: at least three of a ViT's five marks must be there. */
const leastConfidence = 0.5;

export interface IdentifiedModel extends Description {
  /** Reads the weights. */
  build(job?: Job): Promise<Graph>;
}

/** Reads no tensor. Throws an InputError that says what the weights are when no family fits. */
export function identifyModel(given: ModelFiles, overrides: Overrides = {}): IdentifiedModel {
  // A network says itself what its weights are.
  const { files, dialect, assumed } = given.onnx ? { files: given, dialect: null, assumed: [] } : inTimmNames(given);
  const ranked = families.map((family) => ({ family, confidence: family.match(files) })).sort((a, b) => b.confidence - a.confidence);
  const [{ family, confidence }] = ranked;
  if (confidence < leastConfidence) throw notAVit(files.weights.names, files.name);
  const { card: described, notes } = family.describe(files, overrides);
  const stated = assumed.length === 0 ? described : { ...described, assumed: [...new Set([...described.assumed, ...assumed])] };
  const card = files.packing ? { ...stated, ...packedFields(files.packing) } : stated;
  const spoken = dialect === null ? [] : [`The tensor names are those of ${dialect}; they are shown in timm's.`];
  return { card, notes: [...spoken, ...(files.packing?.notes ?? []), ...notes], build: (job) => family.build(files, card, job) };
}

/** What a card says of weights that another quantizer packed. */
function packedFields({ name, weightBits, activationBits }: Packing): Pick<ModelCard, "weightDtype" | "quantization"> {
  return { weightDtype: `int${weightBits}`, quantization: { recipe: name, weightBits, activationBits, levels: "strict" } };
}
