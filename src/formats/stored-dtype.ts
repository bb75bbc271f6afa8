/**
 * The element types that safetensors files name, their width, and their conversion into our tensors.
 * Floats become f32 (F64 rounds, the narrower ones are exact); integers become u8, u32 or i32.
 * Typed arrays use the machine's byte order; every machine with WebGPU or Node that we run on is little-endian, like the format.
 */
import type { ArrayOf } from "../tensor/tensor.ts";

/** Bits per element. F4 and F6 types pack across bytes. */
export const storedBits = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

export type StoredDType = keyof typeof storedBits;

export function isStoredDType(name: unknown): name is StoredDType {
  return typeof name === "string" && Object.hasOwn(storedBits, name);
}

type Bytes = Uint8Array<ArrayBuffer>;

/** `bytes` must start at offset 0 of its buffer (see `aligned`). */
const floatDecoders: Partial<Record<StoredDType, (bytes: Bytes) => Float32Array<ArrayBuffer>>> = {
  F32: ({ buffer, byteLength }) => new Float32Array(buffer, 0, byteLength / 4),
  F64: ({ buffer, byteLength }) => Float32Array.from(new Float64Array(buffer, 0, byteLength / 8)),
  F16: ({ buffer, byteLength }) => decodeHalf(new Uint16Array(buffer, 0, byteLength / 2)),
  BF16: ({ buffer, byteLength }) => decodeBfloat(new Uint16Array(buffer, 0, byteLength / 2)),
  F8_E4M3: (bytes) => decodeSmall(bytes, 4),
  F8_E5M2: (bytes) => decodeSmall(bytes, 5),
};

type Integers = { [D in "u8" | "u32" | "i32"]: { readonly dtype: D; readonly data: ArrayOf[D] } }["u8" | "u32" | "i32"];

/** null marks a 64-bit value outside 32 bits. */
const integerDecoders: Partial<Record<StoredDType, (bytes: Bytes) => Integers | null>> = {
  U8: (bytes) => ({ dtype: "u8", data: bytes }),
  BOOL: (bytes) => ({ dtype: "u8", data: bytes }),
  I8: ({ buffer, byteLength }) => ({ dtype: "i32", data: Int32Array.from(new Int8Array(buffer, 0, byteLength)) }),
  I16: ({ buffer, byteLength }) => ({ dtype: "i32", data: Int32Array.from(new Int16Array(buffer, 0, byteLength / 2)) }),
  U16: ({ buffer, byteLength }) => ({ dtype: "i32", data: Int32Array.from(new Uint16Array(buffer, 0, byteLength / 2)) }),
  I32: ({ buffer, byteLength }) => ({ dtype: "i32", data: new Int32Array(buffer, 0, byteLength / 4) }),
  U32: ({ buffer, byteLength }) => ({ dtype: "u32", data: new Uint32Array(buffer, 0, byteLength / 4) }),
  I64: ({ buffer, byteLength }) => narrow(new BigInt64Array(buffer, 0, byteLength / 8)),
  U64: ({ buffer, byteLength }) => narrow(new BigUint64Array(buffer, 0, byteLength / 8)),
};

/** f32 values, or undefined when the type is not a float that we read. */
export function decodeFloats(dtype: StoredDType, bytes: Bytes): Float32Array<ArrayBuffer> | undefined {
  return floatDecoders[dtype]?.(aligned(bytes));
}

/** Integers, null when a value does not fit 32 bits, undefined when the type is not an integer that we read. */
export function decodeIntegers(dtype: StoredDType, bytes: Bytes): Integers | null | undefined {
  return integerDecoders[dtype]?.(aligned(bytes));
}

/** A source may return a view into a larger buffer (Node's file reads do); typed arrays need their own alignment. */
function aligned(bytes: Bytes): Bytes {
  return bytes.byteOffset === 0 ? bytes : bytes.slice();
}

function narrow(wide: BigInt64Array | BigUint64Array): Integers | null {
  const data = new Int32Array(wide.length);
  for (let i = 0; i < wide.length; i++) {
    const value = Number(wide[i]);
    if (value < -(2 ** 31) || value >= 2 ** 31) return null;
    data[i] = value;
  }
  return { dtype: "i32", data };
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits; exact in f32. */
function decodeHalf(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i];
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const magnitude =
      exponent === 31 ? (fraction ? NaN : Infinity) : exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
    values[i] = half & 0x8000 ? -magnitude : magnitude;
  }
  return values;
}

/** bfloat16 is the upper half of an f32. */
function decodeBfloat(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  return new Float32Array(bits.buffer);
}

/**
 * 8-bit floats (Micikevicius et al. 2022, arXiv 2209.05433): E5M2 is the upper half of a binary16; E4M3 has a bias of 7 and no infinities, its
 * last code of each sign is NaN. Exact in f32.
 */
function decodeSmall(bytes: Uint8Array, exponentBits: 4 | 5): Float32Array<ArrayBuffer> {
  if (exponentBits === 5) return decodeHalf(Uint16Array.from(bytes, (byte) => byte << 8));
  return Float32Array.from(bytes, (byte) => {
    const exponent = (byte >> 3) & 15;
    const fraction = byte & 7;
    const magnitude = (byte & 127) === 127 ? NaN : exponent === 0 ? fraction * 2 ** -9 : (8 + fraction) * 2 ** (exponent - 10);
    return byte & 128 ? -magnitude : magnitude;
  });
}
