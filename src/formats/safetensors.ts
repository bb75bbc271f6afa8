/** Reading safetensors: the header at once, tensors when asked for. */
import { elementCount, tensor } from "../tensor/tensor.ts";
import type { ByteSource } from "./byte-source.ts";
import { formatError } from "./error-codes.ts";
import { readBytes } from "./read-bytes.ts";
import { readSafetensorsHeader, type TensorEntry } from "./safetensors-header.ts";
import { refuseOtherKinds } from "./sniff.ts";
import { decodeFloats, decodeIntegers } from "./stored-dtype.ts";
import { unknownTensor, type IntegerTensor, type TensorStore } from "./tensor-store.ts";

/** Throws an InputError that says what the file is when it is not a sound safetensors file. */
export async function openSafetensors(source: ByteSource): Promise<TensorStore> {
  await refuseOtherKinds(source);
  const { entries, metadata } = await readSafetensorsHeader(source);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const find = (name: string): TensorEntry => {
    const entry = byName.get(name);
    if (!entry) throw unknownTensor(name, [...byName.keys()]);
    return entry;
  };
  return {
    names: [...byName.keys()],
    has: (name) => byName.has(name),
    shape: (name) => find(name).shape,
    dtype: (name) => find(name).dtype,
    sizeBytes: entries.reduce((sum, { start, end }) => sum + end - start, 0),
    metadata,
    read: async (name) => {
      const entry = find(name);
      const data = decodeFloats(entry.dtype, await readBytes(source, entry.start, entry.end));
      if (!data) throw wrongKind(source, entry, "floats (F32, F16, BF16, F64, F8_E4M3 or F8_E5M2)");
      return tensor(entry.shape, data);
    },
    readIntegers: async (name) => {
      const entry = find(name);
      const integers = decodeIntegers(entry.dtype, await readBytes(source, entry.start, entry.end));
      if (integers === undefined) throw wrongKind(source, entry, "integers");
      if (integers === null) throw outOfRange(source, entry);
      if (integers.data.length !== elementCount(entry.shape)) throw new Error(`internal: ${name} decoded to a wrong length`);
      return { ...integers, shape: entry.shape } as IntegerTensor;
    },
  };
}

function wrongKind(source: ByteSource, { name, dtype }: TensorEntry, needed: string) {
  return formatError(
    "UNSUPPORTED_DTYPE",
    `Tensor "${name}" of ${source.name} is stored as ${dtype}.`,
    `Here ${needed} are needed, and ${dtype} is not read as such.`,
    "Convert the tensor, for models by saving the weights as float32, float16 or bfloat16.",
  );
}

function outOfRange(source: ByteSource, { name, dtype }: TensorEntry) {
  return formatError(
    "INTEGER_RANGE",
    `Tensor "${name}" of ${source.name} (${dtype}) holds a value beyond 32 bits.`,
    "Integers are read into 32 bits here.",
    "Save it as int32.",
  );
}
