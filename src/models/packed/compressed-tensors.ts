/**
 * compressed-tensors (llm-compressor, vLLM): https://github.com/vllm-project/compressed-tensors. Of a Linear [N,K]:
 * pack-quantized: weight_packed int32 [N, ceil(K / f)], f = floor(32 / bits) codes a word from the lowest bits on, each grown by 2^(bits-1); weight_scale
 * [N,groups], [N,1] or [1]; weight_zero_point int8 as the scale, or packed along N [ceil(N / f), groups]; weight_shape [N,K]; weight_g_idx [K].
 * int-quantized: weight int8 [N,K]. float-quantized: weight in 8-bit floats. Static activations: input_scale, input_zero_point.
 */
import type { TensorStore } from "../../formats/tensor-store.ts";
import type { JsonObject } from "../../formats/json.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { elementCount, tensor, type Tensor } from "../../tensor/tensor.ts";
import { uniformQuantizer } from "../quantizer-rows.ts";
import { isObject } from "../settings.ts";
import { layerNames } from "./layer-names.ts";
import { decodeLayer, groupsOf, packedInvalid, readWords, type PackedFormat, type PackedLayer } from "./packed-layer.ts";

const PARTS = ["weight_scale", "weight_zero_point", "weight_g_idx", "weight_shape", "input_scale", "input_zero_point"];

export const compressedTensors: PackedFormat = {
  name: "compressed-tensors",
  async layers(store, settings) {
    const layers = new Map<string, PackedLayer>();
    for (const name of layerNames(store, "weight_packed")) layers.set(`${name}.weight`, await packedLayer(store, name, settings));
    for (const name of layerNames(store, "weight_scale")) {
      if (!store.has(`${name}.weight`)) continue;
      const isFloat = store.dtype(`${name}.weight`).startsWith("F");
      layers.set(`${name}.weight`, isFloat ? floatLayer(store, name) : integerLayer(store, name, settings));
    }
    return layers;
  },
  notes(settings) {
    const isDynamic = groupsIn(settings).some(({ input_activations: input }) => isObject(input) && input.dynamic === true);
    return isDynamic ? ["This model rounds activations by their range at run time; here they stay in float."] : [];
  },
};

function groupsIn(settings: JsonObject | null): JsonObject[] {
  const groups = settings?.config_groups;
  return isObject(groups) ? Object.values(groups).filter(isObject) : [];
}

/** Bits that the configuration states for a layer: of the group that names it, else of the first one. */
function statedBits(settings: JsonObject | null, name: string, part: "weights" | "input_activations"): number | null {
  const groups = groupsIn(settings);
  const named = groups.find(({ targets }) => Array.isArray(targets) && targets.includes(name)) ?? groups[0];
  const bits = isObject(named?.[part]) ? named[part].num_bits : null;
  return typeof bits === "number" && Number.isInteger(bits) && bits >= 1 && bits <= 8 ? bits : null;
}

async function packedLayer(store: TensorStore, name: string, settings: JsonObject | null): Promise<PackedLayer> {
  const [n, words] = store.shape(`${name}.weight_packed`);
  if (!store.has(`${name}.weight_shape`)) throw packedInvalid(name, "it has no weight_shape");
  const [rows, k] = (await store.readIntegers(`${name}.weight_shape`)).data;
  const widths = [statedBits(settings, name, "weights") ?? 4, 4, 8, 2, 3, 6];
  const bits = widths.find((width) => Math.ceil(k / codesPerWord(width)) === words);
  if (rows !== n || !(k > 0) || bits === undefined) throw packedInvalid(name, `[${n},${words}] words do not hold [${rows},${k}] codes`);
  return {
    shape: [n, k],
    bits,
    parts: ["weight_packed", ...PARTS].map((part) => `${name}.${part}`),
    async read() {
      const packed = await readWords(store, `${name}.weight_packed`);
      const codes = new Uint8Array(n * k);
      for (let row = 0; row < n; row++)
        for (let i = 0; i < k; i++) codes[row * k + i] = wordCode((index) => packed[row * words + index], bits, i);
      return decode(store, name, [n, k], bits, codes, settings);
    },
  };
}

/** Codes of 8 bits, one a byte, signed. */
function integerLayer(store: TensorStore, name: string, settings: JsonObject | null): PackedLayer {
  const { shape, n, k } = wholeWeight(store, name);
  return {
    shape,
    bits: 8,
    parts: ["weight", ...PARTS].map((part) => `${name}.${part}`),
    async read() {
      const { data } = await store.readIntegers(`${name}.weight`);
      const codes = Uint8Array.from(data, (value) => value + 128);
      return { ...(await decode(store, name, [n, k], 8, codes, settings)), shape };
    },
  };
}

/** Floats of 8 bits: their levels are no uniform grid, so that only the values are taken. */
function floatLayer(store: TensorStore, name: string): PackedLayer {
  const { shape, n, k } = wholeWeight(store, name);
  return {
    shape,
    bits: 8,
    parts: ["weight", ...PARTS].map((part) => `${name}.${part}`),
    async read() {
      const { data } = await store.read(`${name}.weight`);
      const scale = (await store.read(`${name}.weight_scale`)).data;
      if (scale.length !== 1 && scale.length !== n) throw packedInvalid(name, `${scale.length} scales stand for ${n} rows`);
      return tensor(
        shape,
        data.map((value, i) => value * scale[scale.length === 1 ? 0 : Math.floor(i / k)]),
      );
    },
  };
}

function wholeWeight(store: TensorStore, name: string) {
  const shape = store.shape(`${name}.weight`);
  if (shape.length < 2 || elementCount(shape) === 0) throw packedInvalid(name, `its weight has the shape [${shape.join(",")}]`);
  return { shape, n: shape[0], k: elementCount(shape) / shape[0] };
}

async function decode(
  store: TensorStore,
  name: string,
  shape: readonly [number, number],
  bits: number,
  codes: Uint8Array,
  settings: JsonObject | null,
): Promise<Tensor> {
  const [n, k] = shape;
  const scale = (await store.read(`${name}.weight_scale`)).data;
  if (scale.length !== 1 && scale.length % n !== 0) throw packedInvalid(name, `${scale.length} scales stand for ${n} rows`);
  const groups = Math.max(1, scale.length / n);
  const zeroPoint = await zeroPoints(store, name, bits, n, groups, scale.length);
  const groupOf = await groupsOf(store, `${name}.weight_g_idx`, k, groups, null);
  return decodeLayer(shape, bits, {
    codes,
    scale,
    zeroPoint,
    groupOf,
    input: await inputQuantizer(store, name, statedBits(settings, name, "input_activations") ?? 8),
  });
}

/** Counted in unsigned codes; absent: the middle. */
async function zeroPoints(
  store: TensorStore,
  name: string,
  bits: number,
  n: number,
  groups: number,
  count: number,
): Promise<Float32Array<ArrayBuffer>> {
  const middle = 2 ** (bits - 1);
  const zeroName = `${name}.weight_zero_point`;
  if (!store.has(zeroName)) return new Float32Array(count).fill(middle);
  const stored = store.shape(zeroName);
  if (elementCount(stored) === count && store.dtype(zeroName) !== "I32")
    return Float32Array.from((await store.readIntegers(zeroName)).data, (zero) => zero + middle);
  if (stored.join() !== `${Math.ceil(n / codesPerWord(bits))},${groups}`)
    throw packedInvalid(name, `zero points [${stored.join(",")}] do not fit ${count} scales`);
  const packed = await readWords(store, zeroName);
  return Float32Array.from({ length: count }, (_, i) =>
    wordCode((index) => packed[index * groups + (i % groups)], bits, Math.floor(i / groups)),
  );
}

async function inputQuantizer(store: TensorStore, name: string, bits: number): Promise<Quantizer | null> {
  if (!store.has(`${name}.input_scale`)) return null;
  const scale = (await store.read(`${name}.input_scale`)).data;
  const zeroName = `${name}.input_zero_point`;
  const zero = store.has(zeroName) ? (await store.readIntegers(zeroName)).data[0] : 0;
  if (scale.length !== 1 || !(scale[0] > 0)) throw packedInvalid(name, `its input_scale is ${scale.length} numbers from ${scale[0]} on`);
  return uniformQuantizer(bits, scale, Float32Array.of(zero + 2 ** (bits - 1)), null);
}

const codesPerWord = (bits: number) => Math.floor(32 / bits);

/** Code `index` of those that lie whole in their words. */
function wordCode(word: (index: number) => number, bits: number, index: number): number {
  const perWord = codesPerWord(bits);
  return (word(Math.floor(index / perWord)) >>> (bits * (index % perWord))) & (2 ** bits - 1);
}
