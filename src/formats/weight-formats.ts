/** The kinds of file that weights are read from: one line each. The first that is present among the given files wins, because repositories hold several forms of one model. */
import type { ByteSource } from "./byte-source.ts";
import { openNpz } from "./npz.ts";
import { openSafetensors } from "./safetensors.ts";
import { sniff, type FileKind } from "./sniff.ts";
import type { TensorStore } from "./tensor-store.ts";
import { openExportedProgram } from "./torch/exported-program.ts";
import { openTorchLegacy, openTorchZip } from "./torch/open-torch.ts";

export interface WeightFormat {
  /** What the bytes are, whatever the name says. */
  readonly kind: FileKind;
  /** Names under which such files are looked for. */
  readonly endings: RegExp;
  open(source: ByteSource): Promise<TensorStore>;
}

export const weightFormats: readonly WeightFormat[] = [
  { kind: "safetensors", endings: /\.safetensors$/i, open: openSafetensors },
  { kind: "zip-pickle", endings: /\.(pth?|bin|ckpt|tar)$/i, open: openTorchZip },
  { kind: "pickle", endings: /\.(pth?|bin|ckpt|tar)$/i, open: openTorchLegacy },
  { kind: "exported-program", endings: /\.pt2$/i, open: openExportedProgram },
  { kind: "npz", endings: /\.npz$/i, open: openNpz },
];

/** Opens a file as what its bytes are; what is no format of weights gets the refusal of the safetensors reader, which names it. */
export async function openWeights(source: ByteSource): Promise<TensorStore> {
  const format = weightFormatOf(await sniff(source));
  return format ? format.open(source) : openSafetensors(source);
}

/** The format of a file by its first bytes, or undefined. */
export function weightFormatOf(kind: FileKind): WeightFormat | undefined {
  return weightFormats.find((format) => format.kind === kind);
}
