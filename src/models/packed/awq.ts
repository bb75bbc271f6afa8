/**
 * AWQ's layout (version "gemm"), always of 4 bits. Of a Linear with K inputs and N outputs: qweight int32 [K, N/8] and qzeros int32 [groups, N/8], whose
 * words hold outputs 0, 2, 4, 6, 1, 3, 5, 7 from the lowest bits on; scales [groups, N]. w[n,k] = (code - zero) * scale.
 */
import type { TensorStore } from "../../formats/tensor-store.ts";
import type { JsonObject } from "../../formats/json.ts";
import { numberField } from "../settings.ts";
import { layerNames } from "./layer-names.ts";
import { decodeLayer, groupsOf, packedInvalid, readWords, type PackedFormat, type PackedLayer } from "./packed-layer.ts";

const BITS = 4;
/** Place in a word of the output with that number among its eight: the inverse of 0, 2, 4, 6, 1, 3, 5, 7. */
const placeOf = [0, 4, 1, 5, 2, 6, 3, 7];

export const awq: PackedFormat = {
  name: "AWQ",
  layers: (store, settings) =>
    Promise.resolve(new Map(layerNames(store, "qweight").map((name) => [`${name}.weight`, layerOf(store, settings, name)]))),
};

function layerOf(store: TensorStore, settings: JsonObject | null, name: string): PackedLayer {
  const [k, words] = store.shape(`${name}.qweight`);
  const [groups, zeroWords] = store.shape(`${name}.qzeros`);
  const n = 8 * words;
  if (zeroWords !== words || store.shape(`${name}.scales`).join() !== `${groups},${n}`) {
    const shapes = ["qweight", "qzeros", "scales"].map((part) => `${part} [${store.shape(`${name}.${part}`).join(",")}]`);
    throw packedInvalid(name, `${shapes.join(", ")} do not fit together`);
  }
  const nibble = (row: ArrayLike<number>, start: number, column: number) =>
    (row[start + (column >> 3)] >>> (BITS * placeOf[column & 7])) & 15;
  return {
    shape: [n, k],
    bits: BITS,
    parts: ["qweight", "qzeros", "scales"].map((part) => `${name}.${part}`),
    async read() {
      const packed = await readWords(store, `${name}.qweight`);
      const packedZeros = await readWords(store, `${name}.qzeros`);
      const scales = (await store.read(`${name}.scales`)).data;
      const codes = new Uint8Array(n * k);
      for (let i = 0; i < k; i++) for (let row = 0; row < n; row++) codes[row * k + i] = nibble(packed, i * words, row);
      const scale = new Float32Array(n * groups);
      const zeroPoint = new Float32Array(n * groups);
      for (let group = 0; group < groups; group++) {
        for (let row = 0; row < n; row++) {
          zeroPoint[row * groups + group] = nibble(packedZeros, group * words, row);
          scale[row * groups + group] = scales[group * n + row];
        }
      }
      const groupOf = await groupsOf(store, `${name}.g_idx`, k, groups, numberField(settings, ["q_group_size", "group_size"]));
      return decodeLayer([n, k], BITS, { codes, scale, zeroPoint, groupOf });
    },
  };
}
