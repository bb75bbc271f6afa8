import { expect, test } from "vitest";
import { packBits, unpackBits } from "./packing.ts";
import { seededRandom } from "./random.ts";

test("the stream is dense, lowest bit first", () => {
  // 3-bit codes 1, 2, 7, 5: 101 111 010 001 read from the top = 0b101111010001
  expect([...packBits(Uint8Array.of(1, 2, 7, 5), 3)]).toEqual([0b11010001, 0b1011]);
  expect([...packBits(Uint8Array.of(0x1, 0x2, 0x3), 4)]).toEqual([0x21, 0x03]);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])("%i bits: unpack inverts pack", (bits) => {
  const random = seededRandom(bits);
  for (const count of [0, 1, 7, 8, 9, 1001]) {
    const codes = Uint8Array.from({ length: count }, () => Math.floor(random() * 2 ** bits));
    const packed = packBits(codes, bits);
    expect(packed.length).toBe(Math.ceil((count * bits) / 8));
    expect(unpackBits(packed, bits, count)).toEqual(codes);
  }
});

test("a stream that is too short is refused", () => {
  expect(() => unpackBits(new Uint8Array(2), 3, 6)).toThrow("6 codes of 3 bits need 3 bytes, got 2");
});
