import { describe, expect, test } from "vitest";
import { expectCode } from "../testing/expect-code.ts";
import { bytesOf } from "../testing/raw-files.ts";
import { fromBytes, type ByteSource } from "./byte-source.ts";
import { readNpy, writeNpy } from "./npy.ts";

/** As the format's document lays it out: magic, version, length, dict padded to 64, elements. */
function npy(descr: string, shape: string, elements: Uint8Array, options: { version?: number; order?: string } = {}): ByteSource {
  const { version = 1, order = "False" } = options;
  const lengthBytes = version === 1 ? 2 : 4;
  const dict = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const padded = dict.padEnd(Math.ceil((8 + lengthBytes + dict.length + 1) / 64) * 64 - 8 - lengthBytes - 1) + "\n";
  const length = [padded.length & 255, padded.length >> 8, 0, 0].slice(0, lengthBytes);
  return fromBytes(
    Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"), version, 0, ...length, ...new TextEncoder().encode(padded), ...elements),
    "x.npy",
  );
}

describe("reading", () => {
  const halves = bytesOf(Uint16Array.of(0x3c00, 0xb800));
  test.each([
    ["<f4", "(2, 1)", bytesOf(Float32Array.of(1.5, -2)), { dtype: "f32", shape: [2, 1], data: Float32Array.of(1.5, -2) }],
    ["<f8", "(2,)", bytesOf(Float64Array.of(0.1, 4)), { dtype: "f32", shape: [2], data: Float32Array.of(0.1, 4) }],
    ["<f2", "(2,)", halves, { dtype: "f32", shape: [2], data: Float32Array.of(1, -0.5) }],
    ["<i8", "(2,)", bytesOf(BigInt64Array.of(7n, -9n)), { dtype: "i32", shape: [2], data: Int32Array.of(7, -9) }],
    ["<i4", "(1, 1, 2)", bytesOf(Int32Array.of(3, -4)), { dtype: "i32", shape: [1, 1, 2], data: Int32Array.of(3, -4) }],
    ["|u1", "(3,)", Uint8Array.of(0, 128, 255), { dtype: "u8", shape: [3], data: Uint8Array.of(0, 128, 255) }],
    ["<f4", "()", bytesOf(Float32Array.of(5)), { dtype: "f32", shape: [], data: Float32Array.of(5) }],
  ])("%s %s", async (descr, shape, elements, expected) => {
    expect(await readNpy(npy(descr, shape, elements))).toEqual(expected);
    expect(await readNpy(npy(descr, shape, elements, { version: 2 }))).toEqual(expected);
  });

  test("the order of a single axis does not matter", async () => {
    expect((await readNpy(npy("|u1", "(2,)", Uint8Array.of(1, 2), { order: "True" }))).data).toEqual(Uint8Array.of(1, 2));
  });
});

describe("refusing", () => {
  const four = new Uint8Array(16);
  test.each([
    ["NPY_FORTRAN_ORDER", npy("<f4", "(2, 2)", four, { order: "True" }), /column by column/],
    ["NPY_DTYPE", npy(">f4", "(4,)", four), />f4/],
    ["NPY_DTYPE", npy("<c8", "(2,)", four), /astype/],
    ["NPY_INVALID", npy("<f4", "(3,)", four), /4 bytes follow/],
    ["NPY_INVALID", npy("<f4", "(-4,)", four), /header reads/],
    ["NPY_INVALID", fromBytes(new TextEncoder().encode("not a numpy file"), "x.npy"), /signature/],
    ["NPY_INVALID", fromBytes(Uint8Array.of(1, 2), "x.npy"), /2 bytes/],
    ["NPY_INVALID", npy("<f4", "(4,)", four, { version: 9 }), /version is 9\.0/],
    ["TRUNCATED", npy("<f4", "(5,)", four), /\d+ bytes/],
    ["INTEGER_RANGE", npy("<i8", "(1,)", bytesOf(BigInt64Array.of(2n ** 40n))), /32 bits/],
  ])("%s", async (code, source, says) => {
    expect((await expectCode(code, () => readNpy(source))).message).toMatch(says);
  });
});

test("what is written has the format's layout and reads back", async () => {
  const tensor = { dtype: "f32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const;
  const bytes = writeNpy(tensor);
  const dataStart = bytes.length - 24;
  expect(dataStart % 64).toBe(0);
  expect(new TextDecoder("latin1").decode(bytes.subarray(10, dataStart))).toMatch(
    /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3\), \} *\n$/,
  );
  expect(await readNpy(fromBytes(bytes, "x.npy"))).toEqual(tensor);
  const line = { dtype: "f32", shape: [2], data: Float32Array.of(1, 2) } as const;
  expect(new TextDecoder("latin1").decode(writeNpy(line))).toContain("'shape': (2,)");
  expect(await readNpy(fromBytes(writeNpy(line), "x.npy"))).toEqual(line);
});
