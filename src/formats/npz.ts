/** NumPy's .npz (a zip of .npy members) as a TensorStore; names are the members' without ".npy". */
import type { Tensor } from "../tensor/tensor.ts";
import { openZip } from "./archives/zip.ts";
import type { ByteSource } from "./byte-source.ts";
import { formatError } from "./error-codes.ts";
import { readNpy, readNpyHeader, type NpyHeader } from "./npy.ts";
import { storedBits } from "./stored-dtype.ts";
import { elementCount } from "../tensor/tensor.ts";
import { unknownTensor, type IntegerTensor, type TensorStore } from "./tensor-store.ts";

interface Member {
  readonly source: ByteSource;
  readonly header: NpyHeader;
}

/** Reads every member's header; arrays of pickled objects are refused by readNpyHeader. */
export async function openNpz(source: ByteSource): Promise<TensorStore> {
  const members = new Map<string, Member>();
  for (const file of await openZip(source)) {
    if (!file.name.endsWith(".npy")) continue;
    members.set(file.name.slice(0, -4), { source: file, header: await readNpyHeader(file) });
  }
  if (members.size === 0) {
    throw formatError(
      "CHECKPOINT_NO_WEIGHTS",
      `${source.name} holds no arrays.`,
      "An .npz is a zip of .npy files, and none is in it.",
      "Save it again with numpy.savez.",
    );
  }
  const find = (name: string): Member => {
    const member = members.get(name);
    if (!member) throw unknownTensor(name, [...members.keys()]);
    return member;
  };
  const wrongKind = (name: string, needed: string) =>
    formatError(
      "UNSUPPORTED_DTYPE",
      `Array "${name}" of ${source.name} is stored as ${find(name).header.dtype}.`,
      `Here ${needed} are needed.`,
      "Save it as float32.",
    );
  return {
    names: [...members.keys()],
    has: (name) => members.has(name),
    shape: (name) => find(name).header.shape,
    dtype: (name) => find(name).header.dtype,
    sizeBytes: [...members.values()].reduce((sum, { header }) => sum + (elementCount(header.shape) * storedBits[header.dtype]) / 8, 0),
    metadata: { format: "npz" },
    read: async (name): Promise<Tensor> => {
      const array = await readNpy(find(name).source);
      if (array.dtype !== "f32") throw wrongKind(name, "floats");
      return array;
    },
    readIntegers: async (name): Promise<IntegerTensor> => {
      const array = await readNpy(find(name).source);
      if (array.dtype === "f32") throw wrongKind(name, "integers");
      return array;
    },
  };
}
