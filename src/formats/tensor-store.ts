/** Named tensors of a model, known by their header; values are read only when asked for. */
import type { Shape, Tensor } from "../tensor/tensor.ts";
import { formatError } from "./error-codes.ts";
import type { StoredDType } from "./stored-dtype.ts";

export type IntegerTensor = Tensor<"u8"> | Tensor<"u32"> | Tensor<"i32">;
export type AnyTensor = Tensor | IntegerTensor;

export interface TensorStore {
  /** In the order in which they lie in the file (shards one after the other). */
  readonly names: readonly string[];
  has(name: string): boolean;
  shape(name: string): Shape;
  /** As stored; `read` gives f32 for all floats. */
  dtype(name: string): StoredDType;
  /** Bytes of all tensors. */
  readonly sizeBytes: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** F32, F16, BF16, F64 and the 8-bit floats as f32. */
  read(name: string): Promise<Tensor>;
  /** U8 and BOOL as u8, U32 as u32, all other integers as i32. */
  readIntegers(name: string): Promise<IntegerTensor>;
}

/** `read` for floats, `readIntegers` for the rest: what a file of data (images, labels) needs. */
export function readAny(store: TensorStore, name: string): Promise<AnyTensor> {
  return /^B?F/.test(store.dtype(name)) ? store.read(name) : store.readIntegers(name);
}

/** Several stores with disjoint names as one: the shards of a model. */
export function joinStores(stores: readonly TensorStore[]): TensorStore {
  const owners = new Map(stores.flatMap((store) => store.names.map((name) => [name, store] as const)));
  const owner = (name: string): TensorStore => {
    const store = owners.get(name);
    if (!store) throw unknownTensor(name, [...owners.keys()]);
    return store;
  };
  return {
    names: [...owners.keys()],
    has: (name) => owners.has(name),
    shape: (name) => owner(name).shape(name),
    dtype: (name) => owner(name).dtype(name),
    sizeBytes: stores.reduce((sum, store) => sum + store.sizeBytes, 0),
    metadata: Object.assign({}, ...stores.map((store) => store.metadata)) as Record<string, string>,
    read: (name) => owner(name).read(name),
    readIntegers: (name) => owner(name).readIntegers(name),
  };
}

export function unknownTensor(name: string, names: readonly string[]) {
  const some = names.slice(0, 8).join(", ");
  return formatError(
    "TENSOR_UNKNOWN",
    `There is no tensor named "${name}".`,
    `The file holds ${names.length}: ${some}${names.length > 8 ? ", ..." : ""}.`,
    "Give one of these names.",
  );
}
