/** What tells one family of the plain Vision Transformer's build from another; describing and building are the same for all, see vit-family.ts. */
import type { ModelFiles } from "../formats/open-model.ts";
import type { VitConfig } from "./config.ts";
import type { PreprocessingDefaults } from "./preprocessing.ts";
import type { NameMap } from "./tensor-names.ts";

export interface VitVariant {
  readonly name: string;
  /** On the card: "CLIP vision tower". */
  readonly label: string;
  /** In refusals: "plain ViT or DeiT". */
  readonly network: string;
  readonly preprocessing: PreprocessingDefaults;
  /** Of published models where no file states it; absent: what timm and Hugging Face have for ViT. */
  readonly epsilon?: number;
  readonly gelu?: (files: ModelFiles, names: NameMap) => VitConfig["gelu"] | undefined;
  readonly pooling?: (files: ModelFiles, names: NameMap) => VitConfig["pooling"] | undefined;
  /** Whether the tensor called head is a projection into a space of features, no classifier. */
  readonly projects?: (files: ModelFiles, names: NameMap) => boolean;
  /** The size of the images that the model is run on, where it may be another than that of its positions. */
  readonly runSize?: (files: ModelFiles) => readonly [number, number] | null;
  /** Where this family calls a tensor otherwise, or has tensors that are of no use here. */
  readonly names?: (fileNames: readonly string[]) => NameMap;
  /** Sentences for the user about what was left out. */
  readonly notes?: (files: ModelFiles) => readonly string[];
}
