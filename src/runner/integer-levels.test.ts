/** The integers of A.V against the codebooks they stand for, for every scheme of probabilities. */
import { describe, expect, it, test } from "vitest";
import type { Quantizer } from "../graph/quantizer.ts";
import { encodeByThresholds } from "../quant/schemes/codebook.ts";
import { schemes, schemeOf, type SchemeName } from "../quant/schemes/index.ts";
import type { Codebook } from "../quant/schemes/scheme.ts";
import { seededRandom } from "../tensor/random.ts";
import { demaxLevels, integerLevels, levelsOf, type IntegerLevels, type ValueBounds } from "./integer-levels.ts";

const TOKENS = 197;
const BYTES: ValueBounds = { largest: 255, farthest: 255 };
const names: readonly SchemeName[] = ["uniform", "log2", "log-sqrt2", "sulq", "tan", "adalog", "twin-softmax"];

function make(name: SchemeName, bits: number, high = 0.9): Quantizer {
  const { scale, zeroPoint, parameters } = schemes[name].fit({ low: 0, high }, bits, "strict");
  const zeros = Float32Array.from(zeroPoint === null ? [] : [zeroPoint]);
  return {
    scheme: name,
    bits,
    levels: "strict",
    scale: Float32Array.of(scale),
    zeroPoint: zeros,
    axis: null,
    ...(parameters ? { parameters } : {}),
  };
}

function bookOf(quantizer: Quantizer): Codebook {
  const book = schemeOf(quantizer).codebook?.(quantizer);
  if (!book) throw new Error(`${quantizer.scheme} has no codebook`);
  return book;
}

/** What the kernels add for a code, in units: even + sqrt(2) odd. */
const levelOf = ({ pairs }: IntegerLevels, code: number) => pairs[2 * code] + Math.SQRT2 * pairs[2 * code + 1];

const cases = names.flatMap((name) => [2, 3, 4, 6, 8].map((bits) => ({ name, bits })));

describe.each(cases)("$name $bits bits", ({ name, bits }) => {
  const quantizer = make(name, bits);
  const book = bookOf(quantizer);
  const levels = integerLevels(quantizer, TOKENS, BYTES);

  it("restores every level to half a unit, or to one where a shift is cut off", () => {
    book.decode.forEach((value, code) => {
      const error = Math.abs((levelOf(levels, code) + levels.offset) * levels.scale - value);
      const cut = levels.shifts && levelOf(levels, code) === 0;
      // Decoded values are f32 themselves.
      expect(error, `code ${code}`).toBeLessThanOrEqual((cut ? Math.SQRT2 : 0.5) * levels.scale + 1e-6 * Math.abs(value));
    });
  });

  it("says the same to both executions", () => {
    book.decode.forEach((_, code) => {
      const word = levels.words[code];
      const unit = word & 512 ? 2 ** (word & 31) : 0;
      const pair = levels.shifts ? (word & 256 ? [0, unit] : [unit, 0]) : [word | 0, 0];
      expect([levels.pairs[2 * code], levels.pairs[2 * code + 1]]).toEqual(pair);
    });
  });

  it("keeps sums of rows below their bound, which fits 32 bits with 8-bit values", () => {
    expect(levels.rowSum * BYTES.farthest).toBeLessThan(2 ** 31);
    const random = seededRandom(bits);
    const rows = [
      // The worst rows repeat the smallest number of one code.
      ...[...book.thresholds]
        .filter((t) => t > 0)
        .map((t) => Array.from({ length: TOKENS }, (_, i) => (i < Math.min(TOKENS, Math.floor(1 / t)) ? t : 0))),
      ...Array.from({ length: 20 }, (_, sharpness) => {
        const e = Array.from({ length: TOKENS }, () => Math.exp(sharpness * random()));
        const sum = e.reduce((a, b) => a + b);
        return e.map((value) => Math.fround(value / sum));
      }),
    ];
    for (const row of rows) {
      const sum = row.reduce((total, p) => {
        const code = encodeByThresholds(p, book);
        return total + Math.abs(levels.pairs[2 * code]) + Math.abs(levels.pairs[2 * code + 1]);
      }, 0);
      expect(sum).toBeLessThanOrEqual(levels.rowSum);
    }
  });
});

test("four bits lose nothing but the 20th bit of sqrt(2), and f32 sums hold them with 4-bit values", () => {
  for (const name of names) {
    const quantizer = make(name, 4);
    const levels = integerLevels(quantizer, TOKENS, { largest: 15, farthest: 15 });
    const tolerance = name === "log-sqrt2" ? 2 ** -20 : 5e-8;
    bookOf(quantizer).decode.forEach((value, code) => {
      const restored = (levelOf(levels, code) + levels.offset) * levels.scale;
      expect(Math.abs(restored - value), `${name} ${code}`).toBeLessThan(tolerance);
      if (value !== 0 && levels.offset === 0) expect(levelOf(levels, code)).not.toBe(0);
    });
    expect(levels.hasOdd).toBe(false);
    expect(levels.rowSum * 15, name).toBeLessThan(2 ** 24);
  }
});

test("eight bits: f32 sums hold the levels of an image of 224, rounded by less than a step of 8-bit values for all its tokens together", () => {
  for (const name of ["log2", "log-sqrt2", "adalog"] as const) {
    const quantizer = make(name, 8);
    const { rowSum, scale, shifts, hasOdd } = integerLevels(quantizer, TOKENS, BYTES);
    expect([shifts, hasOdd], name).toEqual([false, false]);
    expect(rowSum * 255, name).toBeLessThan(2 ** 24);
    expect((TOKENS / 2) * scale, name).toBeLessThan(1 / 255);
  }
});

test("log2 of eight bits: 22 octaves of 8-bit values where there are more tokens, whatever their number", () => {
  for (const tokens of [577, 2000]) {
    const { words, scale } = integerLevels(make("log2", 8), tokens, BYTES);
    expect(words[0]).toBe(22 | 512);
    expect(scale / make("log2", 8).scale[0]).toBe(2 ** -22);
    expect([words[22], words[23]]).toEqual([512, 0]);
  }
});

test("hand-made mantissas: rounded to units when 32 bits do not hold them all", () => {
  const mantissa = Int32Array.of(7, 5, 3, 0);
  const book: Codebook = {
    thresholds: Float32Array.of(0.75, 0.5, 0.25),
    ascending: false,
    decode: Float32Array.of(1, 0.5, 0.25, 0),
    shifts: { exponent: Int32Array.of(0, 10, 40, 0), odd: new Uint8Array(4), mantissa },
    zeroCode: 3,
  };
  const quantizer = make("log2", 2);
  const levels = levelsOf(book, quantizer, 600, { largest: 255, farthest: 100 });
  // 7 at 0.75 and above: 9.34 units of the scale for a row; 21 bits are left of 31 beside 100.
  const top = Math.floor(Math.log2((2 ** 31 - 1) / ((7 / 0.75) * 1.001 * 100)));
  expect(top).toBe(21);
  expect([...levels.words.subarray(0, 4)]).toEqual([7 * 2 ** 21, 5 * 2 ** 11, 0, 0]);
  expect(levels.scale).toBe(quantizer.scale[0] * 2 ** -21);
});

test("DeMax codes are their own levels", () => {
  const { words, pairs, rowSum } = demaxLevels(15, 30);
  expect([...words.subarray(0, 17)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0]);
  expect([pairs[30], pairs[31]]).toEqual([15, 0]);
  expect(rowSum).toBe(450);
});

test("mantissas times sqrt(2) are refused", () => {
  const book = bookOf(make("log-sqrt2", 3));
  if (!book.shifts) throw new Error("log-sqrt2 has shifts");
  const mixed = { ...book, shifts: { ...book.shifts, mantissa: new Int32Array(8).fill(3) } };
  expect(() => levelsOf(mixed, make("log-sqrt2", 3), 10, BYTES)).toThrow("internal: log-sqrt2 multiplies mantissas by sqrt(2)");
});
