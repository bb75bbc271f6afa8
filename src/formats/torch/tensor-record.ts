/** A tensor as PyTorch pickles it: a view (offset, size, stride) of a storage, whose bytes lie outside the pickle. */
import type { Shape } from "../../tensor/tensor.ts";
import { PickleError } from "../pickle/reader.ts";
import { PickleGlobal, PickleObject, type PickleValue } from "../pickle/value.ts";
import type { StoredDType } from "../stored-dtype.ts";

export interface TensorRecord {
  /** Key of the storage in the file. */
  readonly storage: string;
  readonly dtype: StoredDType;
  /** In elements, like `strides`. */
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: readonly number[];
}

const storageDtypes: Readonly<Record<string, StoredDType>> = {
  DoubleStorage: "F64",
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};

const dtypeNames: Readonly<Record<string, StoredDType>> = {
  "torch.float64": "F64",
  "torch.double": "F64",
  "torch.float32": "F32",
  "torch.float16": "F16",
  "torch.half": "F16",
  "torch.bfloat16": "BF16",
  "torch.int64": "I64",
  "torch.int32": "I32",
  "torch.int16": "I16",
  "torch.int8": "I8",
  "torch.uint8": "U8",
  "torch.bool": "BOOL",
};

/** null for values that are no tensors. Throws PickleError for one that is malformed. */
export function tensorRecord(value: PickleValue): TensorRecord | null {
  if (!(value instanceof PickleObject)) return null;
  const { name, args } = value;
  if (name === "torch._utils._rebuild_parameter" || name === "torch._utils._rebuild_parameter_with_state") {
    return tensorRecord(args[0] ?? null);
  }
  // (function, type, its arguments, state): how tensors with attributes of their own are written.
  if (name === "torch._tensor._rebuild_from_type_v2") {
    const [callee, , inner] = args;
    return callee instanceof PickleGlobal && Array.isArray(inner) ? tensorRecord(new PickleObject(callee.name, inner)) : null;
  }
  if (!/^torch\._utils\._rebuild_tensor(_v[23])?$/.test(name)) return null;
  const [storage, offset, size, strides] = args;
  const { key, dtype } = storageOf(storage, name.endsWith("_v3") ? args[6] : null);
  if (!isSizes([offset]) || !isSizes(size) || !isSizes(strides) || size.length !== strides.length) {
    throw new PickleError("a tensor's offset, size or stride is no list of sizes");
  }
  return { storage: key, dtype, offset: offset as number, shape: size, strides };
}

function storageOf(value: PickleValue | undefined, dtypeGlobal: PickleValue | undefined) {
  const id = value instanceof PickleObject && value.name === "persistent" ? value.args[0] : null;
  const [kind, type, key] = Array.isArray(id) ? id : [];
  if (kind !== "storage" || !(type instanceof PickleGlobal) || typeof key !== "string") throw new PickleError("a tensor has no storage");
  const dtype =
    dtypeGlobal instanceof PickleGlobal ? dtypeNames[dtypeGlobal.name] : storageDtypes[type.name.replace(/^torch\.(cuda\.)?/, "")];
  if (dtype === undefined) throw new PickleError(`a tensor is stored as ${type.name}`);
  return { key, dtype };
}

function isSizes(value: PickleValue | readonly (PickleValue | undefined)[] | undefined): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}
