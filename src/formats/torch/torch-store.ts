/** The tensors of a checkpoint as a TensorStore: names from the pickle, values from the storages. */
import { elementCount, tensor } from "../../tensor/tensor.ts";
import { formatError } from "../error-codes.ts";
import { decodeFloats, decodeIntegers, storedBits } from "../stored-dtype.ts";
import { unknownTensor, type IntegerTensor, type TensorStore } from "../tensor-store.ts";
import type { StateDict } from "./state-dict.ts";
import { gather, spanOf } from "./strided.ts";
import type { TensorRecord } from "./tensor-record.ts";

/** Where the bytes of one storage lie. */
export interface StorageBytes {
  readonly sizeBytes: number;
  slice(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Checks that every tensor lies inside its storage; reads no values. */
export function torchStore(fileName: string, { tensors, path }: StateDict, storages: ReadonlyMap<string, StorageBytes>): TensorStore {
  for (const [name, record] of tensors) checkBounds(fileName, name, record, storages.get(record.storage));
  const find = (name: string): TensorRecord => {
    const record = tensors.get(name);
    if (!record) throw unknownTensor(name, [...tensors.keys()]);
    return record;
  };
  const bytesOf = async (record: TensorRecord) => {
    const width = storedBits[record.dtype] / 8;
    const start = record.offset * width;
    const storage = storages.get(record.storage) as StorageBytes;
    return gather(record, await storage.slice(start, start + spanOf(record) * width));
  };
  const sizeOf = ({ shape, dtype }: TensorRecord) => (elementCount(shape) * storedBits[dtype]) / 8;
  return {
    names: [...tensors.keys()],
    has: (name) => tensors.has(name),
    shape: (name) => find(name).shape,
    dtype: (name) => find(name).dtype,
    sizeBytes: [...tensors.values()].reduce((sum, record) => sum + sizeOf(record), 0),
    metadata: { format: "pt", ...(path ? { checkpointKey: path } : {}) },
    read: async (name) => {
      const record = find(name);
      const data = decodeFloats(record.dtype, await bytesOf(record));
      if (!data) throw wrongKind(fileName, name, record, "floats");
      return tensor(record.shape, data);
    },
    readIntegers: async (name) => {
      const record = find(name);
      const integers = decodeIntegers(record.dtype, await bytesOf(record));
      if (integers === undefined) throw wrongKind(fileName, name, record, "integers");
      if (integers === null) throw outOfRange(fileName, name);
      return { ...integers, shape: record.shape } as IntegerTensor;
    },
  };
}

function checkBounds(fileName: string, name: string, record: TensorRecord, storage: StorageBytes | undefined): void {
  if (!storage) throw invalidTensor(fileName, name, `its storage "${record.storage}" is not in the file`);
  const width = storedBits[record.dtype] / 8;
  const needed = (record.offset + spanOf(record)) * width;
  if (!Number.isSafeInteger(needed) || needed > storage.sizeBytes) {
    throw invalidTensor(fileName, name, `it reaches to byte ${needed} of a storage of ${storage.sizeBytes}`);
  }
  // A stride of zero repeats elements: weights are never saved so, and a small file could ask for any amount of memory.
  if (elementCount(record.shape) * width > storage.sizeBytes) {
    throw invalidTensor(fileName, name, `it has more elements ([${record.shape.join(",")}]) than its storage`);
  }
}

function invalidTensor(fileName: string, name: string, reason: string) {
  return formatError(
    "CHECKPOINT_INVALID",
    `Tensor "${name}" of ${fileName} cannot be read.`,
    `Reason: ${reason}.`,
    "Download the checkpoint again, or save it again with torch.save(model.state_dict(), ...).",
  );
}

function wrongKind(fileName: string, name: string, { dtype }: TensorRecord, needed: string) {
  return formatError(
    "UNSUPPORTED_DTYPE",
    `Tensor "${name}" of ${fileName} is stored as ${dtype}.`,
    `Here ${needed} are needed.`,
    "Save the weights as float32, float16 or bfloat16.",
  );
}

function outOfRange(fileName: string, name: string) {
  return formatError(
    "INTEGER_RANGE",
    `Tensor "${name}" of ${fileName} holds a value beyond 32 bits.`,
    "Integers are read into 32 bits here.",
    "Save it as int32.",
  );
}
