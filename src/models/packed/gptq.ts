/**
 * GPTQ's layout, as AutoGPTQ and GPTQModel write it. Of a Linear with K inputs and N outputs: qweight int32 [K*bits/32, N], codes along K; qzeros int32
 * [groups, N*bits/32], codes along N; scales [groups, N]; g_idx [K], the group of each input. w[n,k] = (code - zero) * scale.
 * Files of format "gptq" (version 1) store zero - 1, those of "gptq_v2" the zero point itself.
 */
import type { TensorStore } from "../../formats/tensor-store.ts";
import type { JsonObject } from "../../formats/json.ts";
import { textField, numberField } from "../settings.ts";
import { decodeLayer, groupsOf, packedInvalid, readWords, streamCode, type PackedFormat, type PackedLayer } from "./packed-layer.ts";
import { layerNames } from "./layer-names.ts";

export const gptq: PackedFormat = {
  name: "GPTQ",
  layers(store, settings) {
    const layers = new Map<string, PackedLayer>();
    for (const name of layerNames(store, "qweight")) {
      const [k, n] = sizesOf(store, name);
      if (k !== null) layers.set(`${name}.weight`, layerOf(store, settings, name, n, k));
    }
    return Promise.resolve(layers);
  },
  notes: (settings) =>
    textField(settings, ["checkpoint_format"]) === null
      ? ["The files do not say which version of GPTQ's format they have; zero points are read as version 1 stores them, one less."]
      : [],
};

/** [K,N]; K is null where the weight is packed along N, as AWQ does. */
function sizesOf(store: TensorStore, name: string): readonly [k: number | null, n: number] {
  const [words, n] = store.shape(`${name}.qweight`);
  const [groups, zeroWords] = store.shape(`${name}.qzeros`);
  if (store.shape(`${name}.scales`).join() !== `${groups},${n}`) return [null, n];
  return [(words * n) / zeroWords, n];
}

function layerOf(store: TensorStore, settings: JsonObject | null, name: string, n: number, k: number): PackedLayer {
  const [words] = store.shape(`${name}.qweight`);
  const [groups, zeroWords] = store.shape(`${name}.qzeros`);
  const bits = (32 * zeroWords) / n;
  if (![2, 3, 4, 8].includes(bits) || !Number.isInteger(k) || words * 32 !== k * bits)
    throw packedInvalid(name, `[${words},${n}] words of codes do not fit [${groups},${zeroWords}] words of zero points`);
  const storesOneLess = textField(settings, ["checkpoint_format"]) !== "gptq_v2";
  const mask = 2 ** bits - 1;
  return {
    shape: [n, k],
    bits,
    parts: ["qweight", "qzeros", "scales", "g_idx"].map((part) => `${name}.${part}`),
    async read() {
      const packed = await readWords(store, `${name}.qweight`);
      const packedZeros = await readWords(store, `${name}.qzeros`);
      const scales = (await store.read(`${name}.scales`)).data;
      const codes = new Uint8Array(n * k);
      for (let row = 0; row < n; row++) {
        const word = (index: number) => packed[index * n + row];
        for (let i = 0; i < k; i++) codes[row * k + i] = streamCode(word, bits, i);
      }
      const scale = new Float32Array(n * groups);
      const zeroPoint = new Float32Array(n * groups);
      for (let group = 0; group < groups; group++) {
        const word = (index: number) => packedZeros[group * zeroWords + index];
        for (let row = 0; row < n; row++) {
          const zero = streamCode(word, bits, row);
          zeroPoint[row * groups + group] = storesOneLess ? (zero + 1) & mask : zero;
          scale[row * groups + group] = scales[group * n + row];
        }
      }
      const groupOf = await groupsOf(store, `${name}.g_idx`, k, groups, numberField(settings, ["group_size"]));
      return decodeLayer([n, k], bits, { codes, scale, zeroPoint, groupOf });
    },
  };
}
