/** The card of an ONNX network: geometry from the traced graph, images and labels from the configurations beside it. */
import type { OnnxValueInfo } from "../../formats/onnx/onnx-model.ts";
import type { OnnxFile } from "../../formats/onnx/open-onnx.ts";
import type { ModelFiles } from "../../formats/open-model.ts";
import { isTable } from "../../graph/tables.ts";
import { InputError } from "../../tensor/input-error.ts";
import { elementCount, type Shape } from "../../tensor/tensor.ts";
import type { ModelCard, VitConfig } from "../config.ts";
import { deitPreprocessing } from "../deit.ts";
import { modelError } from "../error-codes.ts";
import type { Description } from "../family.ts";
import { findLabels } from "../labels.ts";
import { memoryOf } from "../memory.ts";
import { findPreprocessing, preprocessingFile } from "../preprocessing.ts";
import { sizeField, textField } from "../settings.ts";
import { vitPreprocessing } from "../vit.ts";
import { orderNodes, type NamedNode } from "./build-graph.ts";
import { traceOnnx } from "./import-graph.ts";

export interface DescribedOnnx extends Description {
  readonly nodes: readonly NamedNode[];
  readonly inputShape: Shape;
}

export function describeOnnx(files: ModelFiles, onnx: OnnxFile): DescribedOnnx {
  const { nodes, inputShape, notes } = traceAtSomeSize(files, onnx);
  const config = configOf(nodes, inputShape);
  const family = !isPlain(nodes) ? "onnx" : config.distilled || textField(files.config, ["model_type"]) === "deit" ? "deit" : "vit";
  const found = findPreprocessing(files, family === "deit" ? deitPreprocessing : vitPreprocessing, "huggingface", config);
  const shapes = weightShapes(nodes);
  const quantization = quantizationOf(nodes);
  const card: ModelCard = {
    name: files.name,
    family,
    familyLabel: { onnx: "Vision Transformer with stages, windows or convolutions", deit: "DeiT", vit: "ViT" }[family],
    naming: "onnx",
    config,
    output: config.numClasses > 0 ? "classes" : "features",
    tokens: nodes.find(({ node }) => node.op === "AttentionScores")?.node.shape[1] ?? 1,
    parameters: [...shapes.values()].reduce((sum, shape) => sum + elementCount(shape), 0),
    weightDtype: dtypeOf(onnx),
    labels: findLabels(files.config, config.numClasses),
    preprocessing: found.preprocessing,
    preprocessingFile: preprocessingFile(files),
    assumed: found.assumed ? ["preprocessing"] : [],
    memory: memoryOf(shapes),
    ...(quantization ? { quantization } : {}),
  };
  return { card, notes: [...notes, ...found.notes], nodes, inputShape };
}

/** The pixels' size where the file states it; else the configuration's, else the ones that some positional embedding fits. */
function traceAtSomeSize(files: ModelFiles, onnx: OnnxFile) {
  const { model } = onnx;
  const input = pixelsOf(onnx);
  const output = model.outputs.find(({ name }) => name === "logits") ?? model.outputs[0];
  if (!output) throw modelError("ONNX_INVALID", `${files.name} has no output.`, "Its graph lists none.", "Export it again.");
  let refusal: unknown = null;
  for (const shape of inputShapes(files, onnx, input)) {
    try {
      const traced = traceOnnx(onnx, shape, input.name, output.name);
      return { nodes: orderNodes(traced.output), inputShape: shape, notes: traced.notes };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      // The first size is the most likely one: its refusal tells most.
      refusal ??= error;
    }
  }
  throw refusal;
}

function pixelsOf({ model }: OnnxFile): OnnxValueInfo {
  const weights = new Set(model.initializers.map(({ name }) => name));
  const inputs = model.inputs.filter(({ name }) => !weights.has(name));
  const images = inputs.filter(({ dims }) => dims === null || dims.length === 4);
  if (images.length === 1 && inputs.length === 1) return images[0];
  throw modelError(
    "ONNX_UNSUPPORTED",
    "The ONNX network does not take one image and nothing else.",
    `Its inputs are ${inputs.map(({ name, dims }) => `${name} [${dims?.join(",") ?? "?"}]`).join(", ") || "none"}.`,
    "Export an image classifier with one input [batch, channels, height, width].",
  );
}

function inputShapes(files: ModelFiles, { model }: OnnxFile, { dims }: OnnxValueInfo): Shape[] {
  const kernel = model.initializers.find((stored) => stored.dims.length === 4)?.dims ?? [0, 3, 16, 16];
  const size = (axis: number) => {
    const stated = dims?.[axis];
    return typeof stated === "number" && stated > 0 ? stated : null;
  };
  const channels = size(1) ?? kernel[1];
  const [height, width] = [size(2), size(3)];
  if (height !== null && width !== null) return [[channels, height, width]];
  const stated = sizeField(files.config, ["image_size", "model_args.img_size", "pretrained_cfg.input_size", "input_size"]);
  const patch = kernel[2];
  // [1,N,D] with a class token, two tokens or none before a square of patches.
  const rows = model.initializers.filter((t) => t.dims.length === 3 && t.dims[0] === 1).map((t) => t.dims[1]);
  const sides = rows
    .flatMap((count) => [1, 2, 0].map((prefix) => Math.sqrt(count - prefix)))
    .filter((side) => Number.isInteger(side) && side > 1);
  const sizes = [...(stated ? [stated] : []), ...sides.map((side) => [side * patch, side * patch] as const), [224, 224] as const];
  return sizes.map(([h, w]) => [channels, h, w]);
}

function configOf(nodes: readonly NamedNode[], [channels, height, width]: Shape): VitConfig {
  const named = new Map(nodes.map(({ name, node }) => [name, node]));
  const all = nodes.map(({ node }) => node);
  const attention = all.filter(({ op }) => op === "AttentionOutput" || op === "LinearAttention");
  const patches = all.find(({ op }) => op === "Patchify");
  const last = attention.at(-1);
  if (!patches || !last) {
    throw modelError(
      "ONNX_UNSUPPORTED",
      "The ONNX network is no Vision Transformer.",
      `It has no ${patches ? "attention" : "patches"}: patches, blocks of attention and MLP, and a head are needed.`,
      "Open an image classifier of that kind.",
    );
  }
  const scores = all.filter(({ op }) => op === "AttentionScores");
  const proj = named.get("patch_embed.proj");
  const head = named.get("logits") ?? named.get("head");
  const tokens = named.get("tokens");
  const prefix = tokens && proj ? tokens.shape[0] - proj.shape[0] : 0;
  const distilled = named.has("head_dist");
  const norm = all.find(({ op }) => op === "LayerNormalization");
  const { approximate } = named.get("blocks.0.mlp.act")?.attributes ?? {};
  const heads = scores.at(-1)?.attributes.numHeads ?? last.attributes.numHeads;
  return {
    imageSize: [height, width],
    patchSize: Number(patches.attributes.patchSize),
    channels,
    embedDim: last.shape[1],
    depth: attention.length,
    numHeads: Number(heads),
    mlpDim: named.get("blocks.0.mlp.fc1")?.shape[1] ?? 0,
    classToken: prefix > 0,
    distilled,
    registerTokens: Math.max(0, prefix - Number(prefix > 0) - Number(distilled)),
    numClasses: head?.shape[0] ?? 0,
    epsilon: Number(norm?.attributes.epsilon ?? 1e-6),
    gelu: approximate === "tanh" || approximate === "sigmoid" ? approximate : "none",
    pooling: poolingOf(named, all),
    qkvBias: nodes.some(({ name, node }) => name.endsWith(".attn.qkv") && node.weights.bias !== undefined),
  };
}

function poolingOf(named: ReadonlyMap<string, NamedNode["node"]>, all: readonly NamedNode["node"][]): VitConfig["pooling"] {
  const pool = named.get("pool") ?? all.findLast(({ op }) => op === "SoftmaxPool" || op === "ReduceMean" || op === "Gather");
  if (pool?.op === "SoftmaxPool") return "map";
  return pool?.op === "Gather" ? "token" : "mean";
}

/** One sequence of tokens from the patches to the end: what ViT and DeiT are. */
function isPlain(nodes: readonly NamedNode[]): boolean {
  return nodes.some(({ name }) => name === "patch_embed.proj") && nodes.every(({ node: { op } }) => !structured.has(op));
}

const structured: ReadonlySet<string> = new Set([
  "GatherRows",
  "MaxRows",
  "DepthwiseConvolution",
  "LinearAttention",
  "SoftmaxPool",
  "AttentionBias",
]);

/** Shapes of all weights by name, without reading one. */
function weightShapes(nodes: readonly NamedNode[]): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const { name, node } of nodes) {
    const width = node.shape.at(-1) ?? 1;
    const [input] = node.inputs;
    const inputShape = typeof input === "string" ? [] : input.shape;
    for (const key of Object.keys(node.weights)) {
      if (isTable(key)) continue;
      const shape =
        node.op === "AttentionBias"
          ? node.weights.bias().shape
          : node.op === "DepthwiseConvolution" && key === "weight"
            ? [width, node.weights.indices().shape[1]]
            : key === "weight"
              ? [width, inputShape.at(-1) ?? 1]
              : key === "positions"
                ? inputShape
                : key === "prefix"
                  ? [node.shape[0] - inputShape[0], width]
                  : [width];
      if (elementCount(shape) > 0) shapes.set(`${name}.${key}`, shape);
    }
  }
  return shapes;
}

/** What the file's own quantizers do, as a card says it of a package: the most common bits of weights and activations. */
function quantizationOf(nodes: readonly NamedNode[]): ModelCard["quantization"] | null {
  const bits = { weight: [] as number[], activation: [] as number[] };
  for (const { node } of nodes) {
    for (const [site, quantizer] of Object.entries(node.quantizers()))
      bits[site === "weight" ? "weight" : "activation"].push(quantizer.bits);
  }
  if (bits.weight.length === 0 && bits.activation.length === 0) return null;
  return { recipe: "onnx", weightBits: mostCommon(bits.weight) ?? 32, activationBits: mostCommon(bits.activation) ?? 32, levels: "strict" };
}

function mostCommon(values: readonly number[]): number | null {
  const count = (value: number) => values.filter((other) => other === value).length;
  return values.reduce<number | null>((best, value) => (best === null || count(value) > count(best) ? value : best), null);
}

const dtypeNames: Readonly<Record<string, string>> = { float: "f32", float16: "f16", bfloat16: "bf16", double: "f64" };

function dtypeOf({ model }: OnnxFile): string {
  const names = new Set(model.initializers.filter(({ dims }) => dims.length > 1).flatMap(({ type }) => dtypeNames[type] ?? type));
  return names.size === 1 ? [...names][0] : "mixed";
}
