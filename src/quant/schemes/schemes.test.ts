/** What every registered scheme must satisfy, strict and as published, at every bit width, for its usual and its searched parameters. */
import { describe, expect, it } from "vitest";
import type { Levels, Quantizer } from "../../graph/quantizer.ts";
import { seededRandom } from "../../tensor/random.ts";
import { tensor } from "../../tensor/tensor.ts";
import { encodeByThresholds } from "./codebook.ts";
import { encodeTensor } from "./encode.ts";
import { schemeOf, schemes } from "./index.ts";
import { restoreByCodebook } from "./restore.ts";
import type { Codebook, Fit, Range, Scheme } from "./scheme.ts";

/** Numbers spread over 40 octaves below 4, both signs, with zero, one and both ends; ascending. */
const samples = (() => {
  const random = seededRandom(7);
  const spread = Float32Array.from({ length: 800 }, (_, i) => (i % 4 === 3 ? -1 : 1) * 4 * 2 ** (-42 * random() ** 2));
  return Float32Array.of(...spread, 0, 1, -4, 4).sort();
})();

const ranges: Range[] = [
  { low: 0.013, high: Math.fround(0.83) },
  { low: Math.fround(-0.17), high: 2.9 },
];

interface Case {
  readonly quantizer: Quantizer;
  /** What to write in a failure. */
  readonly title: string;
}

/** The scheme's own fit and four of its candidates spread over the list. */
function fitsOf(scheme: Scheme, range: Range, bits: number, levels: Levels): Fit[] {
  const candidates = scheme.candidates?.(range, bits, levels) ?? [];
  const spread = [0.25, 0.5, 0.75, 1].map((share) => candidates.at(Math.floor(share * (candidates.length - 1))));
  return [scheme.fit(range, bits, levels), ...new Set(spread)].filter((fit) => fit !== undefined);
}

function casesOf(scheme: Scheme, levels: Levels): Case[] {
  return [2, 3, 4, 6, 8].flatMap((bits) =>
    ranges.flatMap((range) =>
      fitsOf(scheme, range, bits, levels).map((fit) => {
        const { scale, zeroPoint, parameters = {} } = fit;
        const quantizer: Quantizer = {
          scheme: scheme.name,
          bits,
          levels,
          scale: Float32Array.of(scale),
          zeroPoint: zeroPoint === null ? new Float32Array(0) : Float32Array.of(zeroPoint),
          axis: null,
          parameters,
        };
        return { quantizer, title: `${bits} bits, high ${range.high}, ${JSON.stringify(parameters)}` };
      }),
    ),
  );
}

const all = Object.values(schemes)
  .filter((scheme: Scheme) => !scheme.perRow)
  .flatMap((scheme: Scheme) =>
    (["strict", "as-published"] as Levels[]).map((levels) => ({ name: scheme.name, levels, scheme, cases: casesOf(scheme, levels) })),
  );
const tabular = all.flatMap(({ scheme, cases, ...rest }) => {
  const { codebook } = scheme;
  if (!codebook) return [];
  return [{ ...rest, scheme, cases: cases.map((one) => ({ ...one, book: codebook(one.quantizer) })) }];
});
const strict = tabular.filter(({ levels }) => levels === "strict");

describe("every scheme", () => {
  it("is registered under its own name", () => {
    for (const [name, scheme] of Object.entries(schemes)) expect(schemeOf({ scheme: name })).toBe(scheme);
    expect(Object.entries(schemes).every(([name, scheme]) => scheme.name === name)).toBe(true);
    expect(() => schemeOf({ scheme: "toString" })).toThrow("no scheme is named");
  });

  it.each(all)(
    "$name $levels: codes are integers, 2^bits of them when strict, and never more than one extra",
    ({ scheme, levels, cases }) => {
      for (const { quantizer, title } of cases) {
        const codes = new Set(Array.from(samples, (x) => scheme.quantize(x, quantizer)));
        const most = 2 ** quantizer.bits - (levels === "strict" ? 1 : 0);
        expect([title, [...codes].filter((code) => !(Number.isInteger(code) && code >= 0 && code <= most))]).toEqual([title, []]);
      }
    },
  );

  it.each(all)("$name $levels: fakeQuantize is quantize then dequantize and keeps the shape", ({ scheme, cases }) => {
    for (const { quantizer, title } of cases) {
      const x = tensor([2, samples.length / 2], samples);
      const { shape, data } = scheme.fakeQuantize(x, quantizer);
      const expected = samples.map((value) => scheme.dequantize(scheme.quantize(value, quantizer), quantizer));
      expect([title, shape, differing(data, expected)]).toEqual([title, x.shape, []]);
    }
  });

  it.each(all)("$name $levels: larger inputs never get smaller values", ({ scheme, cases }) => {
    for (const { quantizer, title } of cases) {
      const { data } = scheme.fakeQuantize(tensor([samples.length], samples), quantizer);
      expect([title, data.findIndex((value, i) => i > 0 && value < data[i - 1])]).toEqual([title, -1]);
    }
  });

  it.each(all)("$name $levels: the first candidate is the usual fit", ({ scheme, levels }) => {
    for (const range of ranges) {
      const usual = scheme.fit(range, 4, levels);
      expect((scheme.candidates?.(range, 4, levels) ?? [usual])[0]).toEqual(usual);
    }
  });

  it.each(all)("$name $levels: a fitted scale is positive, and parameters are numbers, even for constant data", ({ scheme, levels }) => {
    for (const value of [0, 0.25, 1e-30]) {
      for (const fit of [
        scheme.fit({ low: value, high: value }, 4, levels),
        ...(scheme.candidates?.({ low: value, high: value }, 4, levels) ?? []),
      ]) {
        expect(fit.scale).toBeGreaterThan(0);
        expect(Object.values(fit.parameters ?? {}).every(Number.isFinite)).toBe(true);
      }
    }
  });
});

describe("every codebook", () => {
  it.each(tabular)("$name $levels encodes like the formula, to the last bit around every threshold", ({ scheme, cases }) => {
    for (const { quantizer, title, book } of cases) {
      const { thresholds, decode } = book;
      expect(decode.length).toBe(thresholds.length + 1);
      const some = quantizer.bits > 4 ? thresholds.filter((_, i) => i % 7 === 0) : thresholds;
      const around = [...some].flatMap((threshold) => [0, -1, -2, 1, 2].map((ulps) => neighbour(threshold, ulps)));
      const codes = [...samples, ...around].map((x) => ({ x, code: scheme.quantize(x, quantizer) }));
      expect([title, codes.filter(({ x, code }) => encodeByThresholds(x, book) !== code)]).toEqual([title, []]);
      expect([title, codes.filter(({ code }) => decode[code] !== scheme.dequantize(code, quantizer))]).toEqual([title, []]);
    }
  });

  it.each(tabular)("$name $levels has thresholds that never increase, and levels that are its shifts", ({ cases }) => {
    for (const { quantizer, title, book } of cases) {
      const { thresholds, decode, zeroCode, offset = 0 } = book;
      expect([title, thresholds.findIndex((threshold, i) => i > 0 && threshold > thresholds[i - 1])]).toEqual([title, -1]);
      if (zeroCode !== null) expect(decode[zeroCode]).toBe(offset);
      // Levels that are no normal float32 belong to codes that encoding never gives.
      const wrong = [...decode.keys()].filter((code) => {
        const level = shiftedLevel(book, code, quantizer);
        return code !== zeroCode && decode[code] !== level && Math.abs(level) >= 2 ** -126;
      });
      expect([title, wrong]).toEqual([title, []]);
    }
  });

  it.each(strict)(
    "$name strict: a value between the lowest and the highest level goes to one of its two neighbours",
    ({ scheme, cases }) => {
      for (const { quantizer, title, book } of cases) {
        const values = [...book.decode].sort((a, b) => a - b);
        const wrong = samples.filter((x) => {
          const restored = scheme.dequantize(scheme.quantize(x, quantizer), quantizer);
          const isBelow = restored < x && values.some((value) => value > restored && value <= x);
          const isAbove = restored > x && values.some((value) => value < restored && value >= x);
          return x >= values[0] && x <= (values.at(-1) ?? 0) && (isBelow || isAbove);
        });
        expect([title, wrong]).toEqual([title, new Float32Array(0)]);
      }
    },
  );

  it.each(strict)("$name strict: levels are where they restore themselves", ({ scheme, cases }) => {
    for (const { quantizer, title, book } of cases) {
      const used = Float32Array.from(samples, (x) => book.decode[encodeByThresholds(x, book)]);
      expect([title, differing(scheme.fakeQuantize(tensor([used.length], used), quantizer).data, used)]).toEqual([title, []]);
    }
  });

  it.each(strict)("$name strict: many values at once are restored as one by one", ({ cases }) => {
    const many = Float32Array.from({ length: 40_000 }, (_, i) => samples[i % samples.length] * (1 + i / 40_000));
    const [{ book, title }] = cases.slice(-1);
    const one = many.map((x) => book.decode[encodeByThresholds(x, book)]);
    expect([title, differing(restoreByCodebook(many, book), one)]).toEqual([title, []]);
  });
});

describe("encodeTensor", () => {
  const quantizer = {
    scheme: "uniform",
    bits: 4,
    levels: "strict",
    scale: Float32Array.of(1, 0.5),
    zeroPoint: Float32Array.of(0, 3),
  } as const;

  it.each([
    ["rows", 0, [2, 2], [1, 2, 1, 2], [1, 2, 5, 7]],
    ["columns", -1, [2, 2], [1, 2, 1, 2], [1, 7, 1, 7]],
    ["runs of columns", -1, [1, 4], [1, 2, 1, 2], [1, 2, 5, 7]],
    ["tokens, in every image", -2, [2, 2, 1], [1, 2, 1, 2], [1, 7, 1, 7]],
  ] as const)("takes the entry of %s", (_what, axis, shape, values, codes) => {
    const x = tensor(shape, Float32Array.from(values));
    expect([...encodeTensor(x, { ...quantizer, axis }).data]).toEqual(codes);
    const restored = codes.map((code, i) =>
      schemes.uniform.dequantize(code, quantizer as unknown as Quantizer, code === values[i] ? 0 : 1),
    );
    expect([...schemes.uniform.fakeQuantize(x, { ...quantizer, axis }).data]).toEqual(restored);
  });

  it.each(["uniform", "symmetric"] as const)("of %s gives what quantize gives number by number, ties and far values too", (scheme) => {
    const scale = Float32Array.of(0.25, 1, 3e-5, 0.1);
    const zeroPoint = Float32Array.of(7, -40, 300, 0);
    const x = Float32Array.from({ length: 4000 }, (_, i) => (i % 5 === 0 ? (i - 2000) / 8 : Math.sin(i) * 10 ** ((i % 11) - 5)));
    x.set([0, -0, 3e38, -3e38, 1e-45, 0.375, -0.125]);
    const own = { ...quantizer, scheme, scale, zeroPoint, axis: 0 } as const;
    const oneByOne = x.map((value, i) => schemes[scheme].quantize(value, own, Math.floor(i / 1000)));
    expect([...encodeTensor(tensor([4, 1000], x), own).data]).toEqual([...oneByOne]);
  });

  it("refuses entries that do not fit the shape", () => {
    const x = tensor([1, 3], new Float32Array(3));
    expect(() => encodeTensor(x, { ...quantizer, axis: -1 })).toThrow("2 entries do not fit [1,3] along axis -1");
    expect(() => encodeTensor(x, { ...quantizer, axis: -2 })).toThrow("2 entries do not fit [1,3] along axis -2");
  });

  it("refuses codes that are no integers of eight bits", () => {
    const x = tensor([1], Float32Array.of(1));
    const fractional = {
      ...quantizer,
      levels: "as-published",
      scale: Float32Array.of(1),
      zeroPoint: Float32Array.of(0.25),
      axis: null,
    } as const;
    expect(() => encodeTensor(x, fractional)).toThrow("uniform code 1.25");
    const wide = { ...fractional, scheme: "log-sqrt2", bits: 8, zeroPoint: new Float32Array(0) };
    expect(() => encodeTensor(tensor([1], Float32Array.of(0)), wide)).toThrow("log-sqrt2 code 256");
  });
});

/** The level of a code by Codebook's integer rule; its own value where there is none. */
function shiftedLevel({ shifts, decode, offset = 0 }: Codebook, code: number, { scale }: Quantizer): number {
  if (!shifts) return decode[code];
  const power = Math.fround(2 ** -shifts.exponent[code]);
  if (shifts.odd[code]) return Math.fround(Math.fround(power * Math.fround(Math.SQRT2)) * scale[0]);
  return Math.fround(Math.fround(scale[0] * (shifts.mantissa?.[code] ?? 1) * 2 ** -shifts.exponent[code]) + offset);
}

/** Where two arrays differ, first few. */
function differing(a: Float32Array, b: Float32Array): { i: number; a: number; b: number }[] {
  return [...a.keys()].flatMap((i) => (a[i] === b[i] ? [] : [{ i, a: a[i], b: b[i] }])).slice(0, 3);
}

/** The float32 some steps away in the order of the numbers. */
function neighbour(x: number, ulps: number): number {
  const floats = Float32Array.of(Math.abs(x));
  const bits = new Int32Array(floats.buffer);
  const key = (x < 0 ? -bits[0] : bits[0]) + ulps;
  bits[0] = Math.abs(key);
  return key < 0 ? -floats[0] : floats[0];
}
