/** The cases of float kernels with some of their operands in f16. */
import { packHalves } from "../../tensor/half.ts";
import type { Constants } from "../kernel.ts";
import { attentionOutputF32Cases } from "./attention-output.ts";
import { attentionRowsF32Cases, attentionTileF32Cases } from "./attention-rows.ts";
import { attentionScoresF32Cases } from "./attention-scores.ts";
import { gemmCases, gemmF32CombineCases, gemmF32PartialCases, onTiles } from "./gemm.ts";
import type { KernelCase } from "./kernel-case.ts";
import { layerNormCases } from "./rows.ts";
import { without } from "./gemm-case.ts";

/** `inputs`: which of them are f16. */
function inHalves(each: KernelCase, inputs: readonly boolean[], output: boolean, constants: Constants = {}): KernelCase {
  return {
    ...each,
    constants: { ...each.constants, ...constants },
    inputs: () => each.inputs().map((array, i) => (inputs[i] ? packHalves(Float32Array.from(array)) : array)),
    outputWords: output ? each.outputWords / 2 : each.outputWords,
  };
}

/** What is f16 beside the weights, shape by shape of gemmCases: each kind of storage meets a residual and an edge of the blocks. */
const storage = [
  { shape: 0, X_HALF: 1, Y_HALF: 1, R_HALF: 1 },
  { shape: 1, X_HALF: 1, Y_HALF: 1, R_HALF: 1 },
  { shape: 2, X_HALF: 1, Y_HALF: 0, R_HALF: 1 },
  { shape: 3, X_HALF: 1, Y_HALF: 1, R_HALF: 0 },
  { shape: 4, X_HALF: 0, Y_HALF: 1, R_HALF: 1 },
  { shape: 5, X_HALF: 0, Y_HALF: 0, R_HALF: 0 },
  { shape: 6, X_HALF: 0, Y_HALF: 0, R_HALF: 0 },
];

export const gemmF16Cases = storage.map(({ shape, ...flags }) =>
  inHalves(gemmCases[shape], [flags.X_HALF === 1, true, false, flags.R_HALF === 1], flags.Y_HALF === 1, flags),
);
/** The same shapes, x always in f16. */
export const gemmF16MatrixCases = storage.map(({ shape, Y_HALF, R_HALF }) =>
  inHalves(gemmCases[shape], [true, true, false, R_HALF === 1], Y_HALF === 1, { Y_HALF, R_HALF }),
);
export const gemmF16PartialCases = storage.map(({ shape, X_HALF }) => {
  const each = gemmF32PartialCases[shape];
  return inHalves(each, [X_HALF === 1, true], false, { X_HALF });
});
export const gemmF16CombineCases = storage.map(({ shape, Y_HALF, R_HALF }) =>
  inHalves(gemmF32CombineCases[shape], [false, false, R_HALF === 1], Y_HALF === 1, { Y_HALF, R_HALF }),
);
export const gemmF16TiledCases = onTiles(gemmF16Cases);

export const layerNormF16Cases = layerNormCases
  .filter(({ constants }) => constants.QUANTIZE === 0)
  .map((each, index) => {
    const yHalf = index !== 1;
    const floats = { ...each, params: without(each.params, "code_max"), constants: {} };
    return inHalves(floats, [true], yHalf, { Y_HALF: yHalf ? 1 : 0 });
  });

export const attentionRowsF16Cases = attentionRowsF32Cases.map((each) => inHalves(each, [true], true));
export const attentionTileF16Cases = attentionTileF32Cases.map((each) => inHalves(each, [true], true));
export const attentionScoresF16Cases = attentionScoresF32Cases.map((each) => inHalves(each, [true], false));
export const attentionOutputF16Cases = attentionOutputF32Cases.map((each) => inHalves(each, [false, true], true));
