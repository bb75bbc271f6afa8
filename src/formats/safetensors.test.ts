import { describe, expect, test } from "vitest";
import { expectCode } from "../testing/expect-code.ts";
import { bytesOf, rawSafetensors } from "../testing/raw-files.ts";
import { hasShared, sharedSource } from "../testing/shared-files.ts";
import { InputError } from "../tensor/input-error.ts";
import { seededRandom } from "../tensor/random.ts";
import { fromBytes, type ByteSource } from "./byte-source.ts";
import { writeSafetensors } from "./safetensors-write.ts";
import { openSafetensors } from "./safetensors.ts";
import { readAny } from "./tensor-store.ts";

const f32 = (shape: readonly number[], begin: number, end: number) => ({ dtype: "F32", shape, data_offsets: [begin, end] });

describe("reading", () => {
  test("opens by the header alone and reads one tensor by its own range", async () => {
    const file = rawSafetensors(
      { __metadata__: { format: "pt" }, a: f32([2], 0, 8), b: f32([1, 3], 8, 20) },
      bytesOf(Float32Array.of(1, 2, 3, 4, 5)),
    );
    const ranges: [number, number][] = [];
    const watched: ByteSource = {
      ...file,
      slice: (start, end) => {
        ranges.push([start, end]);
        return file.slice(start, end);
      },
    };
    const dataStart = file.byteLength - 20;
    const store = await openSafetensors(watched);
    expect(store.names).toEqual(["a", "b"]);
    expect(store.shape("b")).toEqual([1, 3]);
    expect(store.dtype("b")).toBe("F32");
    expect(store.sizeBytes).toBe(20);
    expect(store.metadata).toEqual({ format: "pt" });
    // The look at the first kilobyte, which tells what the file is, may overlap a small file's data.
    expect(ranges.filter(([start]) => start >= dataStart)).toEqual([]);
    ranges.length = 0;
    expect((await store.read("b")).data).toEqual(Float32Array.of(3, 4, 5));
    expect(ranges).toEqual([[dataStart + 8, dataStart + 20]]);
    await expectCode("TENSOR_UNKNOWN", () => store.read("c"));
  });

  test("F16, BF16 and F64 become f32", async () => {
    // Bit patterns and values of IEEE 754 binary16 and bfloat16, worked out by hand.
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x7c00, 0xfc00, 0x7e00, 0x8000, 0x3555);
    const halfValues = [1, -2, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 65504, Infinity, -Infinity, NaN, -0, 1365 * 2 ** -12];
    const bfloats = Uint16Array.of(0x3f80, 0xc040, 0x7f80, 0x0001);
    const doubles = Float64Array.of(0.1, 1e300, -3);
    const file = rawSafetensors(
      {
        d: { dtype: "F64", shape: [3], data_offsets: [0, 24] },
        h: { dtype: "F16", shape: [11], data_offsets: [24, 46] },
        b: { dtype: "BF16", shape: [4], data_offsets: [46, 54] },
      },
      Uint8Array.of(...bytesOf(doubles), ...bytesOf(halves), ...bytesOf(bfloats)),
    );
    const store = await openSafetensors(file);
    expect([...(await store.read("h")).data]).toEqual(halfValues);
    expect([...(await store.read("b")).data]).toEqual([1, -3, Infinity, Math.fround(2 ** -133)]);
    expect([...(await store.read("d")).data]).toEqual([Math.fround(0.1), Infinity, -3]);
  });

  test("8-bit floats become f32: the values that arXiv 2209.05433 lists", async () => {
    const file = rawSafetensors(
      { e4: { dtype: "F8_E4M3", shape: [6], data_offsets: [0, 6] }, e5: { dtype: "F8_E5M2", shape: [6], data_offsets: [6, 12] } },
      Uint8Array.of(0x7e, 0x08, 0x07, 0x01, 0x80, 0x7f, 0x7b, 0x04, 0x03, 0x81, 0x7c, 0x7e),
    );
    const store = await openSafetensors(file);
    expect([...(await store.read("e4")).data]).toEqual([448, 2 ** -6, 0.875 * 2 ** -6, 2 ** -9, -0, NaN]);
    expect([...(await store.read("e5")).data]).toEqual([57344, 2 ** -14, 0.75 * 2 ** -14, -(2 ** -16), Infinity, NaN]);
  });

  test("integers keep their values; 64 bits must fit 32", async () => {
    const file = rawSafetensors(
      {
        l: { dtype: "I64", shape: [3], data_offsets: [0, 24] },
        big: { dtype: "I64", shape: [1], data_offsets: [24, 32] },
        i: { dtype: "I32", shape: [1], data_offsets: [32, 36] },
        u: { dtype: "U32", shape: [1], data_offsets: [36, 40] },
        s: { dtype: "I16", shape: [1], data_offsets: [40, 42] },
        b: { dtype: "U8", shape: [2], data_offsets: [42, 44] },
        c: { dtype: "I8", shape: [1], data_offsets: [44, 45] },
      },
      Uint8Array.of(
        ...bytesOf(BigInt64Array.of(-1n, 2147483647n, -2147483648n, 2147483648n)),
        ...bytesOf(Int32Array.of(-7)),
        ...bytesOf(Uint32Array.of(4294967295)),
        ...bytesOf(Int16Array.of(-300)),
        255,
        3,
        0x80,
      ),
    );
    const store = await openSafetensors(file);
    expect(await store.readIntegers("l")).toEqual({ dtype: "i32", shape: [3], data: Int32Array.of(-1, 2147483647, -2147483648) });
    expect(await store.readIntegers("i")).toEqual({ dtype: "i32", shape: [1], data: Int32Array.of(-7) });
    expect(await store.readIntegers("u")).toEqual({ dtype: "u32", shape: [1], data: Uint32Array.of(4294967295) });
    expect(await store.readIntegers("s")).toEqual({ dtype: "i32", shape: [1], data: Int32Array.of(-300) });
    expect(await readAny(store, "b")).toEqual({ dtype: "u8", shape: [2], data: Uint8Array.of(255, 3) });
    expect(await store.readIntegers("c")).toEqual({ dtype: "i32", shape: [1], data: Int32Array.of(-128) });
    await expectCode("INTEGER_RANGE", () => store.readIntegers("big"));
    await expectCode("UNSUPPORTED_DTYPE", () => store.read("b"));
  });

  test("sources that return views into larger buffers are read right", async () => {
    const file = rawSafetensors({ a: f32([2], 0, 8) }, bytesOf(Float32Array.of(1.5, -2)));
    const shifted: ByteSource = {
      ...file,
      slice: async (start, end) => {
        const bytes = await file.slice(start, end);
        const pool = new Uint8Array(bytes.length + 3);
        pool.set(bytes, 3);
        return pool.subarray(3);
      },
    };
    expect((await (await openSafetensors(shifted)).read("a")).data).toEqual(Float32Array.of(1.5, -2));
  });

  test("scalars and empty tensors are valid", async () => {
    const store = await openSafetensors(rawSafetensors({ s: f32([], 0, 4), e: f32([0, 3], 4, 4) }, bytesOf(Float32Array.of(9))));
    expect(await store.read("s")).toEqual({ dtype: "f32", shape: [], data: Float32Array.of(9) });
    expect((await store.read("e")).data.length).toBe(0);
  });
});

describe("refusing headers that break a rule", () => {
  const cases: readonly (readonly [rule: string, file: ByteSource, text: RegExp])[] = [
    ["not JSON", rawSafetensors("{ nonsense ", 0), /not JSON/],
    ["not an object", rawSafetensors("[1,2]    ", 0), /instead of "\{"/],
    ["header over 100 MB", rawSafetensors({ a: f32([1], 0, 4) }, 4, 100_000_001n), /announces a header of 100\.0 MB/],
    ["absurd length", rawSafetensors({ a: f32([1], 0, 4) }, 4, 2n ** 63n), /announces a header/],
    ["length cuts the JSON", rawSafetensors({ a: f32([1], 0, 4) }, 4, 20n), /not JSON/],
    ["length past the end of a whole file", rawSafetensors({ a: f32([1], 0, 4) }, 4, 5000n), /JSON ends after 54 and the file after 58/],
    ["zero length", rawSafetensors({ a: f32([1], 0, 4) }, 4, 0n), /0 bytes/],
    ["unknown dtype", rawSafetensors({ a: { dtype: "F31", shape: [1], data_offsets: [0, 4] } }, 4), /tensor "a": unknown dtype "F31"/],
    ["inherited name as dtype", rawSafetensors({ a: { dtype: "toString", shape: [1], data_offsets: [0, 4] } }, 4), /unknown dtype/],
    ["shape against offsets", rawSafetensors({ a: f32([3], 0, 8) }, 8), /F32 \[3\] takes 12 bytes, but data_offsets span 8/],
    ["negative size", rawSafetensors({ a: f32([-1], 0, 4) }, 4), /tensor "a": shape \[-1\]/],
    ["fractional size", rawSafetensors({ a: f32([0.5], 0, 2) }, 2), /shape \[0.5\]/],
    ["overflowing shape", rawSafetensors({ a: f32([2 ** 40, 2 ** 40], 0, 4) }, 4), /too large/],
    ["reversed offsets", rawSafetensors({ a: f32([1], 8, 4) }, 8), /end \(4\) before they begin \(8\)/],
    ["three offsets", rawSafetensors({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4, 8] } }, 8), /not two offsets/],
    ["entry is no object", rawSafetensors({ a: 5 }, 0), /tensor "a": its entry/],
    ["overlap", rawSafetensors({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12), /tensor "b" overlaps tensor "a" by 4 bytes/],
    ["hole", rawSafetensors({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), /hole of 4 bytes between tensor "a" and tensor "b"/],
    ["hole at the start", rawSafetensors({ a: f32([1], 4, 8) }, 8), /hole of 4 bytes between the header and tensor "a"/],
    ["bytes after the end", rawSafetensors({ a: f32([1], 0, 4) }, 9), /5 bytes after tensor "a"/],
    [
      "duplicate key",
      rawSafetensors(`{"a":${JSON.stringify(f32([1], 0, 4))},"\\u0061":${JSON.stringify(f32([1], 0, 4))}}`, 4),
      /"a" occurs twice/,
    ],
    ["metadata not text", rawSafetensors({ __metadata__: { n: 1 }, a: f32([1], 0, 4) }, 4), /entry "n" is not a text/],
    ["sub-byte type ending inside a byte", rawSafetensors({ a: { dtype: "F4", shape: [3], data_offsets: [0, 2] } }, 2), /takes 1.5 bytes/],
    ["too short", fromBytes(Uint8Array.of(2, 0, 0, 0, 0), "model.safetensors"), /has 5 bytes/],
  ];
  test.each(cases)("%s", async (_rule, file, text) => {
    const error = await expectCode("HEADER_INVALID", () => openSafetensors(file));
    expect(error.why).toMatch(text);
  });

  test("a file that ends early says how much is there", async () => {
    const whole = writeSafetensors({ a: { dtype: "f32", shape: [1000], data: new Float32Array(1000) } });
    const headerBytes = whole.length - 4000;
    const cut = fromBytes(whole.slice(0, headerBytes + 2000), "vit/model.safetensors");
    const error = await expectCode("TRUNCATED", () => openSafetensors(cut));
    expect(error.what).toBe(`vit/model.safetensors ends at ${Math.floor((100 * cut.byteLength) / whole.length)} % of its contents.`);
    expect(error.why).toContain(`${whole.length} bytes`);
    await expectCode("TRUNCATED", () => openSafetensors(fromBytes(whole.slice(0, 40), "model.safetensors")));
  });

  test("a file that shrinks or vanishes after it was opened", async () => {
    const file = rawSafetensors({ a: f32([2], 0, 8) }, 8);
    const opened = async (slice: ByteSource["slice"]) => {
      let broken = false;
      const store = await openSafetensors({ ...file, slice: (start, end) => (broken ? slice(start, end) : file.slice(start, end)) });
      broken = true;
      return store.read("a");
    };
    await expectCode("TRUNCATED", () => opened((start) => file.slice(start, start + 3)));
    const gone = await expectCode("FILE_UNREADABLE", () => opened(() => Promise.reject(new Error("A requested file could not be found."))));
    expect(gone.why).toContain("could not be found");
  });
});

test("damaged files are refused in words or read, never anything else", async () => {
  const whole = writeSafetensors({
    "blocks.0.weight": { dtype: "f32", shape: [2, 3], data: new Float32Array(6) },
    codes: { dtype: "u8", shape: [5], data: new Uint8Array(5) },
  });
  const random = seededRandom(11);
  let refused = 0;
  for (let round = 0; round < 2000; round++) {
    const damaged = whole.slice(0, random() < 0.2 ? Math.floor(random() * whole.length) : whole.length);
    for (let hits = 1 + Math.floor(random() * 3); hits > 0; hits--)
      damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
    try {
      const store = await openSafetensors(fromBytes(damaged, "x.safetensors"));
      for (const name of store.names) await readAny(store, name).catch(refuseBugs);
    } catch (error) {
      refuseBugs(error);
      refused++;
    }
  }
  // A whole file only survives hits on data, names or equal bytes.
  expect(refused).toBeGreaterThan(1000);
  expect(refused).toBeLessThan(2000);
});

function refuseBugs(error: unknown): void {
  if (!(error instanceof InputError)) throw error;
}

describe("writing", () => {
  test("what is written reads back, aligned, with metadata", async () => {
    const bytes = writeSafetensors(
      {
        codes: { dtype: "u8", shape: [3], data: Uint8Array.of(1, 2, 3) },
        "blocks.0.weight": { dtype: "f32", shape: [2, 1], data: Float32Array.of(0.25, -8) },
        labels: { dtype: "i32", shape: [1], data: Int32Array.of(-5) },
        packed: { dtype: "u32", shape: [1], data: Uint32Array.of(0xdeadbeef) },
      },
      { note: 'quotes " and ü' },
    );
    const store = await openSafetensors(fromBytes(bytes, "x.safetensors"));
    expect(store.metadata).toEqual({ note: 'quotes " and ü' });
    expect(await readAny(store, "codes")).toEqual({ dtype: "u8", shape: [3], data: Uint8Array.of(1, 2, 3) });
    expect(await readAny(store, "blocks.0.weight")).toEqual({ dtype: "f32", shape: [2, 1], data: Float32Array.of(0.25, -8) });
    expect(await readAny(store, "labels")).toEqual({ dtype: "i32", shape: [1], data: Int32Array.of(-5) });
    expect(await readAny(store, "packed")).toEqual({ dtype: "u32", shape: [1], data: Uint32Array.of(0xdeadbeef) });
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
    expect(store.names.at(-1)).toBe("codes");
  });

  test("a part of a larger buffer is written, not the buffer", async () => {
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const store = await openSafetensors(fromBytes(writeSafetensors({ a: { dtype: "f32", shape: [2], data } }), "x.safetensors"));
    expect((await store.read("a")).data).toEqual(Float32Array.of(2, 3));
  });
});

test("another program's files: uint8 images, int32 labels, floats", async () => {
  if (!hasShared("safetensors written by the reference library")) return;
  const store = await openSafetensors(sharedSource("oracle/vit-s32/data.safetensors"));
  const images = await store.readIntegers("eval_u8");
  const labels = await store.readIntegers("eval_y");
  const first = await store.read("eval_f32_first");
  expect([images.dtype, ...images.shape]).toEqual(["u8", 256, 3, 32, 32]);
  expect([...labels.data].every((label) => label >= 0 && label < 10)).toBe(true);
  // ((u8/255) - mean) / std of the red channel, as the folder's README states it.
  for (const i of [0, 500, 1023]) expect(first.data[i]).toBeCloseTo((images.data[i] / 255 - 0.485) / 0.229, 5);
});
