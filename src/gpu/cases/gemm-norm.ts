/** The cases of linear layers with a normalization of x as their prologue: those of the layers, x before its normalization. */
import { floatRows, normals } from "./case-data.ts";
import { sourceRows, without } from "./gemm-case.ts";
import { gemmCodesDotCases, gemmCodesF32Cases } from "./gemm-codes.ts";
import { gemmCases } from "./gemm.ts";
import type { KernelCase } from "./kernel-case.ts";

/** K of the shapes below; the cases themselves know it in whole quads only. */
const DEPTHS: Readonly<Record<string, number>> = {
  "3 x 7, K 5, GELU tanh": 5,
  "33 x 65, K 31, GELU erf": 31,
  "one token of each image, wider output rows": 9,
  "31 x 33, K 17, residual": 17,
  "W4A4 33 x 65, K 31, GELU erf to codes": 31,
  "W2A3 7 x 36, K 5, GELU tanh to codes": 5,
  "W2A6 one token of each image, wider output rows": 9,
  "W8A8 largest codes past the f32 bound": 521,
};

/** `top`: the largest code; without it the normalized rows stay float. `operands`: which of the layer's inputs are taken. */
function normCase(each: KernelCase, index: number, top: number | undefined, operands: number): KernelCase {
  const columns = DEPTHS[each.name];
  const stride = 4 * each.params.x_stride4;
  const seed = 30_000 + 100 * index;
  const spread = top === undefined ? 1 : top / 4;
  const norm = { columns, inverse_columns: 1 / columns, epsilon: 1e-6 };
  const { constants } = each;
  const kept = top === undefined ? constants : without(constants, "TOKENS", "LEVELS", "GROUPED");
  return {
    name: each.name,
    params: { ...without(each.params, "row_period", "group4"), ...norm, ...(top === undefined ? {} : { norm_max: top }) },
    constants: { ...kept, CENTRED: index % 2 },
    inputs() {
      const gain = normals(seed + 1, stride, spread);
      // Rows that are all equal have n = 0: with these shifts their codes are rounding ties, the first columns'.
      const shift = normals(seed + 2, stride).map((value, column) => (column < 3 ? 2 * spread + column : 2 * spread + value));
      return [floatRows(seed, sourceRows(each.params), columns, stride), gain, shift, ...each.inputs().slice(1, operands + 1)];
    },
    outputWords: each.outputWords,
  };
}

const named = (cases: readonly KernelCase[]) => cases.filter(({ name }) => name in DEPTHS);
/** Largest code of x in each of the shapes. */
const topOf = (name: string) => 2 ** Number(/^W\dA(\d)/.exec(name)?.[1]) - 1;

export const gemmNormF32Cases = named(gemmCases).map((each, index) => normCase(each, index, undefined, 3));
export const gemmNormCodesF32Cases = named(gemmCodesF32Cases).map((each, index) => normCase(each, index, topOf(each.name), 3));
export const gemmNormCodesDotCases = named(gemmCodesDotCases).map((each, index) => normCase(each, index, topOf(each.name), 3));
