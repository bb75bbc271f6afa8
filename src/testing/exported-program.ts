/** Programs as torch.export.save writes them, from the documented layout: torch/csrc/export/pt2_archive_constants.h, torch/_export/serde/schema.py. */
import { fromBytes, type ByteSource } from "../formats/byte-source.ts";
import { zipOf } from "./zip.ts";

const WEIGHTS = "vit/data/weights/";
export const PROGRAM_CONFIG = `${WEIGHTS}model_weights_config.json`;
const symbolic = (sizes: readonly number[]) => sizes.map((size) => ({ as_int: size }));

/** A tensor as the configuration of a program tells of it. */
export function programPayload(path: string, sizes: readonly number[], change: object = {}, strides = rowMajor(sizes)) {
  const meta = { dtype: 7, sizes: symbolic(sizes), requires_grad: true, device: { type: "cpu", index: null }, strides: symbolic(strides), storage_offset: { as_int: 0 }, layout: 7 }; // prettier-ignore
  return { path_name: path, is_param: true, use_pickle: false, tensor_meta: { ...meta, ...change } };
}

function rowMajor(sizes: readonly number[]): number[] {
  return sizes.map((_, axis) => sizes.slice(axis + 1).reduce((product, size) => product * size, 1));
}

/** A .pt2 in the layout of PyTorch 2.8: tensors by name, and the raw storages that they view. */
export const exportedProgram = (config: object, storages: Readonly<Record<string, Uint8Array>>): ByteSource =>
  fromBytes(
    zipOf({
      ...Object.fromEntries(Object.entries(storages).map(([name, bytes]) => [WEIGHTS + name, bytes])),
      [PROGRAM_CONFIG]: JSON.stringify({ config }),
      "vit/data/constants/model_constants_config.json": '{"config": {}}',
      "vit/models/model.json": "{}",
      "vit/archive_format": "pt2",
      "vit/archive_version": "0",
    }),
    "vit.pt2",
  );
