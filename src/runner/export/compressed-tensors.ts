/**
 * Export: safetensors in the layout of compressed-tensors (transformers, vLLM, llm-compressor): each Linear's codes packed into 32-bit words, or as int8
 * where its input is rounded to 8 bits too, with config.json and preprocessor_config.json. The layout is told in src/models/packed/compressed-tensors.ts.
 */
import type { JsonObject } from "../../formats/json.ts";
import { writeSafetensors, type StorableTensor } from "../../formats/safetensors-write.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { encodeTensor } from "../../quant/schemes/encode.ts";
import { InputError } from "../../tensor/input-error.ts";
import { tensor } from "../../tensor/tensor.ts";
import { isUniform } from "../pack-weights.ts";
import { checkExport } from "./check-export.ts";
import { exportUnsupported, fileStem, type ExportFormat } from "./export-format.ts";
import { modelConfig, preprocessorConfig } from "./model-config.ts";
import { roundedWeight } from "./onnx-quantizers.ts";
import { LATENT_QKV, stateDictOf, type ExportedLayer } from "./state-dict.ts";

const NAME = "compressed-tensors";

export const compressedTensors: ExportFormat = {
  name: NAME,
  label: "safetensors, compressed-tensors",
  summary:
    "transformers, vLLM and llm-compressor: packed or int8 weights with config.json, in Hugging Face's names where the model is a plain ViT, else in timm's",
  async write({ graph, card, request }) {
    const representable = withRepresentable(graph);
    const { naming, layers, tensors } = stateDictOf(representable, card, NAME);
    const packed = layers.filter(({ quantizers }) => quantizers.weight);
    if (packed.length === 0) throw exportUnsupported(NAME, "weights without uniform codes: quantize the model with such ones first");
    const stored: Record<string, StorableTensor> = { ...tensors };
    const floatBytes = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
    let payloadBytes = floatBytes;
    for (const layer of layers) {
      Object.assign(stored, layerTensors(layer));
      payloadBytes += layerBytes(layer);
    }
    const config = { ...modelConfig(card, naming), quantization_config: quantizationConfig(layers) };
    const folder = fileStem({ card, request });
    const files = [
      { name: `${folder}/model.safetensors`, bytes: writeSafetensors(stored, { format: "pt" }) },
      { name: `${folder}/config.json`, bytes: json(config) },
      { name: `${folder}/preprocessor_config.json`, bytes: json(preprocessorConfig(card)) },
    ];
    const check = await checkExport(files, representable).catch((error: unknown) => {
      throw notHeld(error);
    });
    return { files, payloadBytes, check, notes: notesOf(graph, representable) };
  },
};

/** A checkpoint that opens as another network, or not at all, holds something that its names cannot say. */
function notHeld(error: unknown): unknown {
  const isOther =
    error instanceof InputError || (error instanceof Error && error.message.startsWith("internal: the export is not the model"));
  if (!isOther) return error;
  const found = error instanceof InputError ? error.what : error.message.replace(/^internal: /, "");
  return exportUnsupported(NAME, `all of this network (when it is read back: ${found})`);
}

/** The graph with the quantizers that the layout has a place for: of Linears' weights, and of their inputs where one grid of integers covers all columns. */
function withRepresentable(graph: Graph): Graph {
  const patches = graph.nodes.find(({ op }) => op === "Patchify")?.name;
  const nodes = graph.nodes.map((node): Node => {
    const { quantizers, ...rest } = node;
    if (!quantizers) return node;
    const isLinear = node.op === "Gemm" && node.inputs[0] !== patches && node.name !== LATENT_QKV;
    const weight = isLinear && fits(quantizers.weight) ? quantizers.weight : undefined;
    const input = weight && fits(quantizers.input) && quantizers.input?.scale.length === 1 ? quantizers.input : undefined;
    const weights =
      quantizers.weight && !weight ? { ...node.weights, weight: roundedWeight(node.weights.weight, quantizers.weight) } : node.weights;
    return weight ? { ...rest, weights, quantizers: { weight, ...(input ? { input } : {}) } } : { ...rest, weights };
  });
  return { ...graph, nodes };
}

/** Zero points are stored as codes. */
function fits(quantizer: Quantizer | undefined): boolean {
  if (!quantizer || !isUniform(quantizer) || quantizer.bits > 8) return false;
  return quantizer.zeroPoint.every((zero) => Number.isInteger(zero) && zero >= 0 && zero < 2 ** quantizer.bits);
}

function notesOf(graph: Graph, representable: Graph): string[] {
  const left = graph.nodes.flatMap(({ name, quantizers }, i) =>
    Object.keys(quantizers ?? {})
      .filter((site) => !Object.hasOwn(representable.nodes[i].quantizers ?? {}, site))
      .map((site) => `${name}.${site}`),
  );
  if (left.length === 0) return [];
  const some = left.length > 6 ? `${left.slice(0, 6).join(", ")} and ${left.length - 6} more` : left.join(", ");
  return [
    `The layout has no place for these quantizers: weights there are stored as rounded floats, activations are not rounded: ${some}.`,
  ];
}

const codesPerWord = (bits: number) => Math.floor(32 / bits);
const isSymmetric = ({ bits, zeroPoint }: Quantizer) => zeroPoint.every((zero) => zero === 2 ** (bits - 1));
/** int8 codes go with inputs of 8 bits; everything else is packed. */
const isWhole = ({ quantizers: { weight, input } }: ExportedLayer) => weight?.bits === 8 && input?.bits === 8;

/** Codes [rows, count] -> words [rows, ceil(count / perWord)], lowest bits first. */
function packRows(codes: ArrayLike<number>, rows: number, count: number, bits: number): StorableTensor {
  const perWord = codesPerWord(bits);
  const words = Math.ceil(count / perWord);
  const data = new Int32Array(rows * words);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < count; i++) data[row * words + Math.floor(i / perWord)] |= codes[row * count + i] << (bits * (i % perWord));
  }
  return { dtype: "i32", shape: [rows, words], data };
}

function layerTensors(layer: ExportedLayer): Record<string, StorableTensor> {
  const { name, weight, bias, shape, quantizers } = layer;
  const out: Record<string, StorableTensor> = bias ? { [`${name}.bias`]: bias } : {};
  const { weight: own, input } = quantizers;
  if (!own) return { ...out, [`${name}.weight`]: tensor(shape, weight.data) };
  const [n, k] = weight.shape;
  const codes = encodeTensor(weight, own).data;
  const groups = own.scale.length === 1 ? 0 : own.scale.length / n;
  out[`${name}.weight_scale`] = tensor(groups === 0 ? [1] : [n, groups], own.scale);
  if (isWhole(layer)) out[`${name}.weight`] = { dtype: "i8", shape: [n, k], data: Int8Array.from(codes, (code) => code - 128) };
  else {
    out[`${name}.weight_packed`] = packRows(codes, n, k, own.bits);
    out[`${name}.weight_shape`] = { dtype: "i32", shape: [2], data: Int32Array.of(n, k) };
  }
  const middle = 2 ** (own.bits - 1);
  if (!isSymmetric(own)) {
    const signed = () => Int8Array.from(own.zeroPoint, (zero) => zero - middle);
    out[`${name}.weight_zero_point`] =
      groups === 0 || isWhole(layer)
        ? { dtype: "i8", shape: groups === 0 ? [1] : [n, groups], data: signed() }
        : packedZeros(own, n, groups);
  }
  if (input) {
    out[`${name}.input_scale`] = tensor([1], input.scale);
    out[`${name}.input_zero_point`] = { dtype: "i8", shape: [1], data: Int8Array.of(input.zeroPoint[0] - 2 ** (input.bits - 1)) };
  }
  return out;
}

/** Packed along the outputs: [ceil(N / perWord), groups]. */
function packedZeros({ zeroPoint, bits }: Quantizer, n: number, groups: number): StorableTensor {
  const perWord = codesPerWord(bits);
  const data = new Int32Array(Math.ceil(n / perWord) * groups);
  for (let row = 0; row < n; row++) {
    for (let group = 0; group < groups; group++)
      data[Math.floor(row / perWord) * groups + group] |= zeroPoint[row * groups + group] << (bits * (row % perWord));
  }
  return { dtype: "i32", shape: [Math.ceil(n / perWord), groups], data };
}

/** Bytes of a layer's weight, bias and quantizers, known before any code is. */
function layerBytes(layer: ExportedLayer): number {
  const { weight, bias, quantizers } = layer;
  const { weight: own, input } = quantizers;
  const [n, k] = weight.shape;
  const biasBytes = 4 * (bias?.data.length ?? 0);
  if (!own) return biasBytes + 4 * n * k;
  const entries = own.scale.length;
  const codeBytes = isWhole(layer) ? n * k : 4 * n * Math.ceil(k / codesPerWord(own.bits));
  const isPacked = entries > 1 && !isWhole(layer);
  const zeroBytes = isSymmetric(own) ? 0 : isPacked ? 4 * Math.ceil(n / codesPerWord(own.bits)) * (entries / n) : entries;
  return biasBytes + codeBytes + 4 * entries + zeroBytes + (input ? 5 : 0);
}

/** Layers of one kind form a group; one group names the class Linear and what it leaves out, several name their layers. */
function quantizationConfig(layers: readonly ExportedLayer[]): JsonObject {
  const kinds = new Map<string, { readonly group: ReturnType<typeof groupOf>; readonly targets: string[] }>();
  for (const layer of layers) {
    if (!layer.quantizers.weight) continue;
    const group = groupOf(layer, layer.quantizers.weight);
    const key = JSON.stringify(group);
    const kind = kinds.get(key) ?? { group, targets: [] };
    kind.targets.push(layer.name);
    kinds.set(key, kind);
  }
  const groups = [...kinds.values()].map(({ group, targets }) => ({ ...group, targets: kinds.size === 1 ? ["Linear"] : targets }));
  const formats = new Set(groups.map(({ format }) => format));
  return {
    quant_method: NAME,
    quantization_status: "compressed",
    format: formats.size === 1 ? [...formats][0] : "mixed-precision",
    ignore: layers.filter(({ quantizers, shape }) => !quantizers.weight && shape.length === 2).map(({ name }) => name),
    config_groups: Object.fromEntries(groups.map((group, i) => [`group_${i}`, group])),
  };
}

function groupOf(layer: ExportedLayer, own: Quantizer) {
  const [n, k] = layer.weight.shape;
  const groups = own.scale.length / n;
  const strategy = own.scale.length === 1 ? "tensor" : groups > 1 ? "group" : "channel";
  const { input } = layer.quantizers;
  const grid = (quantizer: Quantizer) => ({ num_bits: quantizer.bits, type: "int", symmetric: isSymmetric(quantizer), dynamic: false });
  return {
    format: isWhole(layer) ? "int-quantized" : "pack-quantized",
    weights: { ...grid(own), strategy, group_size: groups > 1 ? k / groups : null },
    input_activations: input ? { ...grid(input), strategy: "tensor" } : null,
    output_activations: null,
  };
}

function json(value: JsonObject): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
