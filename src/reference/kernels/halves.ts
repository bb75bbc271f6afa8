/** Kernels that store some of their operands in f16, and compute in f32: what the f32 kernel's twin makes of the rounded operands, rounded where it is stored. */
import { saturatedHalfBits, unpackHalves } from "../../tensor/half.ts";
import { attentionOutputF32, attentionScoresF32 } from "./attention.ts";
import { attentionRowsF32 } from "./attention-rows.ts";
import { gemmF32, gemmF32Combine, gemmF32Partial } from "./gemm.ts";
import { floats, type KernelTwin, type Words } from "./kernel-twin.ts";
import { layerNorm, rmsNorm } from "./rows.ts";

type Constants = Readonly<Record<string, number>>;

/** A quiet NaN that no kernel computes: words that a twin leaves alone. */
const UNTOUCHED = 0x7fc0beef;

function stored(
  twin: KernelTwin,
  inHalves: (constants: Constants) => { readonly inputs: readonly boolean[]; readonly output: boolean },
): KernelTwin {
  return (params, constants, inputs, output, math) => {
    const halves = inHalves(constants);
    const wide = inputs.map((words, i) => (halves.inputs[i] ? new Uint32Array(unpackHalves(words).buffer) : words));
    if (!halves.output) {
      twin(params, constants, wide, output, math);
      return;
    }
    const words: Words = new Uint32Array(2 * output.length).fill(UNTOUCHED);
    twin(params, constants, wide, words, math);
    const values = floats(words);
    output.forEach((_, i) => {
      if (words[2 * i] !== UNTOUCHED) output[i] = saturatedHalfBits(values[2 * i]) | (saturatedHalfBits(values[2 * i + 1]) << 16);
    });
  };
}

/** shaders/gemm-f16.wgsl and its rungs; one that takes no x in f32 has no X_HALF. */
export const gemmF16 = stored(gemmF32, ({ X_HALF = 1, Y_HALF, R_HALF }) => ({
  inputs: [X_HALF === 1, true, false, R_HALF === 1],
  output: Y_HALF === 1,
}));

/** shaders/gemm-f16-partial.wgsl */
export const gemmF16Partial = stored(gemmF32Partial, ({ X_HALF }) => ({ inputs: [X_HALF === 1, true], output: false }));

/** shaders/gemm-f16-combine.wgsl */
export const gemmF16Combine = stored(gemmF32Combine, ({ Y_HALF, R_HALF }) => ({
  inputs: [false, false, R_HALF === 1],
  output: Y_HALF === 1,
}));

/** shaders/layer-norm-f16.wgsl */
export const layerNormF16 = stored(layerNorm, ({ Y_HALF }) => ({ inputs: [true], output: Y_HALF === 1 }));

/** shaders/rms-norm-f16.wgsl */
export const rmsNormF16 = stored(rmsNorm, ({ Y_HALF }) => ({ inputs: [true], output: Y_HALF === 1 }));

/** shaders/attention-rows-f16.wgsl and attention-tile-f16.wgsl */
export const attentionRowsF16 = stored(attentionRowsF32, () => ({ inputs: [true], output: true }));

/** shaders/attention-scores-f16.wgsl */
export const attentionScoresF16 = stored(attentionScoresF32, () => ({ inputs: [true], output: false }));

/** shaders/attention-output-f16.wgsl */
export const attentionOutputF16 = stored(attentionOutputF32, () => ({ inputs: [false, true], output: true }));
