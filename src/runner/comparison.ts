import type { QuantizeSettings } from "../quant/calibration-task.ts";

/** What to quantize with: a recipe by its name. */
export interface QuantizeRequest extends QuantizeSettings {
  readonly recipe: string;
}

/** "cpu": WebAssembly instead of an adapter, for the float model as well. */
export type ExecutorName = "integer" | "simulated" | "reference" | "cpu";

/** The adapter that ran, so that no figure stands without its machine. */
export interface AdapterDescription {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** True for SwiftShader, llvmpipe, WARP: results are valid, timings say nothing about a GPU. */
  readonly isSoftware: boolean;
  /** "packed integer dot" or "f32 multiply-add": the execution of the integer product that measured faster; null before it was measured. */
  readonly integerExecution: string | null;
  /** Shapes of linear layers whose kernel was chosen by measuring; the others run on the default. */
  readonly tunedShapes: number;
}

export interface LayerError {
  /** Name of the tapped value: "blocks.3.attn.softmax". */
  readonly name: string;
  /** Block index, or null outside the blocks. */
  readonly block: number | null;
  /** Name inside the block ("attn.softmax") or the whole name. */
  readonly role: string;
  readonly sqnrDb: number;
  readonly cosine: number;
}

export interface FeatureQuality {
  /** Mean cosine between both embeddings of an image. */
  readonly cosine: number;
  /** Share of images whose nearest other image is the same. */
  readonly neighbourAgreement: number;
}

export interface Quality {
  readonly imageCount: number;
  /** Present where the models give features of an image instead of class scores. */
  readonly features?: FeatureQuality;
  /** Share of images with the same prediction; of features, with the same nearest image. */
  readonly top1Agreement: number;
  /** null without labels. */
  readonly top1AccuracyFloat: number | null;
  readonly top1AccuracyQuantized: number | null;
  readonly logitSqnrDb: number;
  readonly logitCosine: number;
  /** Mean KL(float || quantized) of the class distributions, nats; of features, of their softmax: a distance to rank by, no more. */
  readonly klDivergence: number;
}

/** Float against one quantized model on the same images. */
export interface Comparison {
  readonly request: QuantizeRequest;
  readonly executor: ExecutorName;
  /** A sentence when another executor than the one asked for had to serve, and why. */
  readonly executorNote: string | null;
  readonly quality: Quality;
  readonly layers: readonly LayerError[];
  /** Layer errors are measured on this many images, the first ones. */
  readonly layerImageCount: number;
  readonly size: { readonly floatBytes: number; readonly quantizedBytes: number };
  readonly perf: { readonly floatMs: number; readonly quantizedMs: number; readonly calibrationMs: number; readonly imageCount: number };
  readonly env: {
    readonly adapter: AdapterDescription;
    readonly runtime: string;
    /** How often work was repeated because the device was lost: times have that in them, results do not. */
    readonly deviceLosses: number;
  };
  /** [imageCount, classes], row-major. */
  readonly floatLogits: Float32Array<ArrayBuffer>;
  readonly quantizedLogits: Float32Array<ArrayBuffer>;
  readonly classes: number;
}
