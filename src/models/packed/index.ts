/** Weights that another tool's quantizer packed, seen as the Linears that they are: one line for each layout. */
import type { ModelFiles } from "../../formats/open-model.ts";
import type { JsonObject } from "../../formats/json.ts";
import type { TensorStore } from "../../formats/tensor-store.ts";
import { modelError } from "../error-codes.ts";
import { isObject, textField } from "../settings.ts";
import { awq } from "./awq.ts";
import { compressedTensors } from "./compressed-tensors.ts";
import { gptq } from "./gptq.ts";
import type { PackedFormat, PackedLayer } from "./packed-layer.ts";

/** The first one that finds layers of its own wins; GPTQ and AWQ share names and differ in shapes. */
const formats: readonly PackedFormat[] = [compressedTensors, gptq, awq];

/** The files with packed weights replaced by what they decode to; others come back as they are. Throws InputError PACKED_INVALID or PACKED_UNSUPPORTED. */
export async function unpackWeights(files: ModelFiles): Promise<ModelFiles> {
  if (files.onnx) return files;
  const settings = quantizationSettings(files.config);
  for (const format of formats) {
    const layers = await format.layers(files.weights, settings);
    if (layers.size === 0) continue;
    const bits = Math.max(...[...layers.values()].map((layer) => layer.bits));
    const inputs = [...layers.values()].some(({ parts }) => parts.some((part) => part.endsWith(".input_scale") && files.weights.has(part)));
    const packing = { name: format.name, weightBits: bits, activationBits: inputs ? 8 : 32, notes: format.notes?.(settings) ?? [] };
    return { ...files, weights: decoded(files.weights, layers), packing };
  }
  refuseOthers(files.weights, settings);
  return files;
}

/** In config.json of Hugging Face's kind, or a quantize_config.json by itself. */
function quantizationSettings(config: JsonObject | null): JsonObject | null {
  const inner = config?.quantization_config ?? config?.compression_config;
  if (isObject(inner)) return inner;
  return config !== null && "bits" in config ? config : null;
}

/** Marks of layouts that are not read. */
const others: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["bitsandbytes, 4 bits", /\.weight\.(absmax|quant_map|nested_absmax)$/],
  ["bitsandbytes, 8 bits", /\.(SCB|weight_format)$/],
  ["HQQ", /\.(W_q|meta)$/],
  ["optimum-quanto", /\.weight\._(data|scale|shift)$/],
  ["GPTQ or AWQ in a layout of one runtime", /\.qweight$/],
];

function refuseOthers(store: TensorStore, settings: JsonObject | null): void {
  const found = others.find(([, pattern]) => store.names.some((name) => pattern.test(name)));
  const stated = textField(settings, ["quant_method"]);
  if (!found) return;
  throw modelError(
    "PACKED_UNSUPPORTED",
    `The weights are packed by ${found[0]}${stated ? ` (quant_method "${stated}")` : ""}.`,
    `Packed weights are read in the layouts of ${formats.map(({ name }) => name).join(", ")}.`,
    "Open the float model and quantize it here, or save the weights dequantized.",
  );
}

function decoded(store: TensorStore, layers: ReadonlyMap<string, PackedLayer>): TensorStore {
  const hidden = new Set([...layers.values()].flatMap(({ parts }) => parts));
  const names = [...layers.keys(), ...store.names.filter((name) => !hidden.has(name) && !layers.has(name))];
  const known = new Set(names);
  return {
    ...store,
    names,
    has: (name) => known.has(name),
    shape: (name) => layers.get(name)?.shape ?? store.shape(name),
    dtype: (name) => (layers.has(name) ? "F32" : store.dtype(name)),
    read: (name) => layers.get(name)?.read() ?? store.read(name),
  };
}
