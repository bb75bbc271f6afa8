/** What lies in the folder of a prepared model: the border between whoever writes the files (Node) and the contenders that read them. */

export type OurForm = "float" | "w8a8" | "w4a4";
export type OnnxFile = "float" | "int8" | "dynamic" | "int4";

export interface ModelManifest {
  /** Name of the folder: "deit-tiny". */
  readonly key: string;
  /** [C,H,W] */
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly parameters: number;
  /** "seeded random weights" or the folder they came from. */
  readonly weights: string;
  /** Paths below the model's folder; the first form is the files of a model, the others one package each. */
  readonly ours: Readonly<Partial<Record<OurForm, readonly string[]>>>;
  readonly onnx: Readonly<Partial<Record<OnnxFile, string>>>;
  /** Why a form is absent, by its name. */
  readonly absent: Readonly<Record<string, string>>;
  /** The logits to compare with: who computed them, of how many images. */
  readonly reference: { readonly by: string; readonly images: number };
}

export const MANIFEST_FILE = "manifest.json";
export const REFERENCE_FILE = "reference.f32";
