/**
 * NumPy's .npy: magic, version, the text of a Python dict (descr, fortran_order, shape), then the elements.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. Read: little-endian f2 f4 f8 i1 i2 i4 i8 u1 and bool, C order.
 */
import { elementCount, type Shape, type Tensor } from "../tensor/tensor.ts";
import type { ByteSource } from "./byte-source.ts";
import { formatError } from "./error-codes.ts";
import { readBytes, truncated } from "./read-bytes.ts";
import { decodeFloats, decodeIntegers, storedBits, type StoredDType } from "./stored-dtype.ts";
import type { AnyTensor } from "./tensor-store.ts";

const dtypes: Readonly<Record<string, StoredDType>> = {
  "<f2": "F16",
  "<f4": "F32",
  "<f8": "F64",
  "<i2": "I16",
  "<i4": "I32",
  "<i8": "I64",
  "|i1": "I8",
  "|u1": "U8",
  "|b1": "BOOL",
};

/** Floats as f32, u1 and bool as u8, other integers as i32. */
export async function readNpy(source: ByteSource): Promise<AnyTensor> {
  const { dtype, shape, dataStart } = await readNpyHeader(source);
  const end = dataStart + (elementCount(shape) * storedBits[dtype]) / 8;
  if (end > source.byteLength) throw truncated(source, end);
  if (end < source.byteLength) throw invalid(source, `${source.byteLength - end} bytes follow the array's last element`);
  const bytes = await readBytes(source, dataStart, end);
  const floats = decodeFloats(dtype, bytes);
  if (floats) return { dtype: "f32", shape, data: floats };
  const integers = decodeIntegers(dtype, bytes);
  if (integers) return { ...integers, shape } as AnyTensor;
  throw formatError(
    "INTEGER_RANGE",
    `${source.name} holds a 64-bit integer beyond 32 bits.`,
    "Integers are read into 32 bits.",
    "Save it as int32.",
  );
}

/** Version 1.0, "<f4", C order. */
export function writeNpy({ shape, data }: Tensor): Uint8Array<ArrayBuffer> {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  // Magic, version and length take 10 bytes; padding and a newline bring the data to a multiple of 64.
  const dataStart = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const file = new Uint8Array(dataStart + data.byteLength).fill(0x20, 0, dataStart);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(file.buffer).setUint16(8, dataStart - 10, true);
  file.set(new TextEncoder().encode(dict), 10);
  file[dataStart - 1] = 0x0a;
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), dataStart);
  return file;
}

export interface NpyHeader {
  readonly dtype: StoredDType;
  readonly shape: Shape;
  readonly dataStart: number;
}

/** Type, shape and where the elements begin; reads no element. */
export async function readNpyHeader(source: ByteSource): Promise<NpyHeader> {
  if (source.byteLength < 12) throw invalid(source, `it has ${source.byteLength} bytes`);
  const fixed = await readBytes(source, 0, 12);
  if (String.fromCharCode(...fixed.subarray(0, 6)) !== "\x93NUMPY") throw invalid(source, "it does not start with the NumPy signature");
  const view = new DataView(fixed.buffer, fixed.byteOffset, 12);
  const version = fixed[6];
  if (version < 1 || version > 3) throw invalid(source, `its format version is ${version}.${fixed[7]}`);
  const dictStart = version === 1 ? 10 : 12;
  const dataStart = dictStart + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  const dict = new TextDecoder().decode(await readBytes(source, dictStart, dataStart));
  return { ...parseDict(source, dict), dataStart };
}

function parseDict(source: ByteSource, dict: string): Omit<NpyHeader, "dataStart"> {
  const descr = /'descr':\s*('[^']*'|\[)/.exec(dict)?.[1].replaceAll("'", "");
  const order = /'fortran_order':\s*(True|False)/.exec(dict)?.[1];
  const sizes = /'shape':\s*\(([\d\s,]*)\)/.exec(dict)?.[1];
  if (descr === undefined || order === undefined || sizes === undefined)
    throw invalid(source, `its header reads ${dict.trim().slice(0, 120)}`);
  const shape = sizes
    .split(",")
    .filter((size) => size.trim() !== "")
    .map(Number);
  if (!Number.isSafeInteger(elementCount(shape) * 8)) throw invalid(source, `its shape (${sizes}) is too large`);
  if (!Object.hasOwn(dtypes, descr)) {
    throw formatError(
      "NPY_DTYPE",
      `${source.name} has elements of type ${descr === "[" ? "structured records" : descr}.`,
      `Read are ${Object.keys(dtypes).join(", ")}.`,
      "Convert it, for example with `array.astype('<f4')`.",
    );
  }
  if (order === "True" && shape.length > 1) {
    throw formatError(
      "NPY_FORTRAN_ORDER",
      `${source.name} is stored column by column (Fortran order).`,
      "Arrays are read row by row.",
      "Save `numpy.ascontiguousarray(array)`.",
    );
  }
  return { dtype: dtypes[descr], shape };
}

function invalid(source: ByteSource, reason: string) {
  return formatError(
    "NPY_INVALID",
    `${source.name} is not a well-formed .npy file.`,
    `Reason: ${reason}.`,
    "Save it again with numpy.save.",
  );
}
