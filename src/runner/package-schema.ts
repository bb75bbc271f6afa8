import { z } from "zod";
import { schemes } from "../quant/schemes/index.ts";
import { ops } from "../graph/ops.ts";
import { rulesSchema } from "./rules/recipe-document.ts";

/** The JSON beside a package's tensors. Everything that a hostile file could lie about is bounded here; shapes are checked by makeGraph. */
const positive = z.number().int().positive().max(1e12);
const numbers = z.array(z.number()).max(1e6);
const name = z.string().min(1).max(300);

const quantizer = z.object({
  scheme: z.enum(Object.keys(schemes)),
  bits: z.number().int().min(1).max(8),
  levels: z.enum(["strict", "as-published"]),
  axis: z.union([z.literal(0), z.literal(-1), z.literal(-2), z.null()]),
  parameters: z.record(z.string().max(100), z.number()).optional(),
  scale: numbers.optional(),
  zeroPoint: numbers.optional(),
});

const site = z.enum(["input", "weight", "query", "key", "probabilities", "value"]);

const node = z.object({
  name,
  op: z.enum(Object.keys(ops)),
  inputs: z.array(name).max(3),
  attributes: z.record(z.string(), z.union([z.number(), z.string().max(100)])),
  weights: z.record(name, z.array(z.number().int().min(0).max(1e12)).max(4)),
  quantizers: z.partialRecord(site, quantizer).optional(),
});

const size = z.tuple([positive, positive]);
const colour = z.tuple([z.number(), z.number(), z.number()]);

/** ModelCard, as far as somebody else may have written it. */
const card = z.object({
  name: z.string().max(300),
  family: z.string().max(100),
  // Absent in packages of earlier versions.
  familyLabel: z.string().max(100).optional(),
  config: z.object({
    imageSize: size,
    patchSize: positive,
    channels: positive,
    embedDim: positive,
    depth: positive,
    numHeads: positive,
    mlpDim: positive,
    classToken: z.boolean(),
    distilled: z.boolean(),
    registerTokens: z.number().int().min(0).max(1e4),
    numClasses: z.number().int().min(0).max(1e12),
    epsilon: z.number().positive(),
    gelu: z.enum(["none", "tanh", "sigmoid"]),
    pooling: z.enum(["token", "mean", "map"]),
    qkvBias: z.boolean(),
    postNorm: z.boolean().optional(),
    attentionScale: z.number().positive().optional(),
    norm: z.literal("rms").optional(),
    activation: z
      .object({ kind: z.enum(["relu", "silu", "polynomial"]), coefficients: z.tuple([z.number(), z.number(), z.number()]).optional() })
      .optional(),
    clippedSoftmax: z.object({ gamma: z.number(), zeta: z.number() }).optional(),
    headGates: z.enum(["token", "image"]).optional(),
    positionGrid: size.optional(),
    stages: z
      .array(z.object({ depth: positive, embedDim: positive, numHeads: positive, mlpDim: positive, grid: size, window: positive }))
      .max(100)
      .optional(),
  }),
  output: z.enum(["classes", "features"]).default("classes"),
  tokens: positive,
  parameters: positive,
  weightDtype: z.string().max(100),
  labels: z.array(z.string().max(1000)).max(1e6).nullable(),
  preprocessing: z.object({
    inputSize: size,
    resize: z.enum(["shortest", "squash", "none"]),
    size: positive,
    interpolation: z.enum(["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]),
    rounding: z.enum(["torchvision", "huggingface"]),
    mean: colour,
    std: colour,
  }),
  assumed: z.array(z.string().max(100)).max(100),
  memory: z.object({ floatBytes: positive, int8Bytes: positive, int4Bytes: positive }),
});

/** Bits by layer, in packages and in files of their own. */
export const layerBitsSchema = z.record(name, z.strictObject({ weights: z.number().optional(), activations: z.number().optional() }));

export const packageSchema = z.object({
  version: z.literal(1),
  name: z.string().max(300),
  inputShape: z.tuple([positive, positive, positive]),
  nodes: z.array(node).min(1).max(20000),
  card,
  request: z.object({
    recipe: z.string().max(100),
    weightBits: z.number(),
    activationBits: z.number(),
    attentionBits: z.number().optional(),
    layerBits: layerBitsSchema.optional(),
    rules: rulesSchema.optional(),
    levels: z.enum(["strict", "as-published"]),
  }),
});

export type PackageHeader = z.infer<typeof packageSchema>;
