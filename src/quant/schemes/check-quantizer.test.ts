import { describe, expect, it } from "vitest";
import type { Quantizer, Site } from "../../graph/quantizer.ts";
import { quantizerFault } from "./check-quantizer.ts";
import { schemes, type SchemeName } from "./index.ts";

const TOKENS = [5, 24];

function quantizer(scheme: SchemeName, changes: Partial<Quantizer> = {}): Quantizer {
  const { scale, zeroPoint, parameters } = schemes[scheme].fit({ low: -0.5, high: 2 }, 4, "strict");
  return {
    scheme,
    bits: 4,
    levels: "strict",
    scale: Float32Array.of(scale),
    zeroPoint: zeroPoint === null ? new Float32Array(0) : Float32Array.of(zeroPoint),
    axis: null,
    ...(parameters ? { parameters } : {}),
    ...changes,
  };
}

const entries = (count: number) => ({ scale: new Float32Array(count).fill(1), zeroPoint: new Float32Array(count) });

describe("quantizerFault", () => {
  it.each(Object.keys(schemes) as SchemeName[])("takes what %s itself fits, every candidate of its search included", (name) => {
    for (const bits of [2, 3, 4, 8]) {
      for (const levels of ["strict", "as-published"] as const) {
        const range = { low: -0.5, high: 2 };
        const fits = [schemes[name].fit(range, bits, levels), ...(schemes[name].candidates?.(range, bits, levels) ?? [])];
        for (const { parameters } of fits) {
          const fitted = quantizer(name, { bits, levels, ...(parameters ? { parameters } : {}) });
          expect(quantizerFault(fitted, "input", TOKENS)).toBeNull();
        }
      }
    }
  });

  const withParameters = (Object.keys(schemes) as SchemeName[]).filter((name) => schemes[name].parameters);
  it.each(withParameters)("refuses %s without one of its parameters, and with one far off", (name) => {
    const own = schemes[name].parameters?.(4) ?? {};
    for (const [parameter, { isOptional }] of Object.entries(own)) {
      const { [parameter]: _left, ...others } = quantizer(name).parameters ?? {};
      const fault = quantizerFault(quantizer(name, { parameters: others }), "input", TOKENS);
      if (isOptional) expect(fault).toBeNull();
      else expect(fault).toContain(`needs the parameter "${parameter}"`);
      for (const value of [1e9, -1e9, Number.NaN]) {
        expect(quantizerFault(quantizer(name, { parameters: { ...others, [parameter]: value } }), "input", TOKENS)).toContain(parameter);
      }
    }
  });

  it("covers every scheme that reads parameters", () => {
    const fitted = (Object.keys(schemes) as SchemeName[]).filter((name) => quantizer(name).parameters);
    expect(withParameters).toEqual(fitted);
  });

  it.each<[string, Quantizer, Site, readonly number[], string]>([
    ["parameters of others", quantizer("uniform", { parameters: { base: 18 } }), "input", TOKENS, 'no parameter "base"'],
    ["a missing zero point", quantizer("uniform", { zeroPoint: new Float32Array(0) }), "input", TOKENS, "needs 1 zero points"],
    ["a zero point too many", quantizer("log2", { zeroPoint: new Float32Array(1) }), "probabilities", TOKENS, "needs 0 zero points"],
    ["several scales for a whole tensor", quantizer("uniform", entries(3)), "input", TOKENS, "3 scales are one too many"],
    ["a codebook per channel", quantizer("log2", { axis: -1 }), "probabilities", TOKENS, "one scale for a whole tensor"],
    ["channels that do not divide", quantizer("uniform", { ...entries(5), axis: -1 }), "input", TOKENS, "5 scales do not fit 24"],
    ["channels of q, which has a third of them", quantizer("uniform", { ...entries(24), axis: -1 }), "query", TOKENS, "do not fit 8"],
    ["tokens that are not there", quantizer("uniform", { ...entries(4), axis: -2 }), "input", TOKENS, "4 scales do not fit 5"],
    ["rows of an activation", quantizer("uniform", { ...entries(5), axis: 0 }), "input", TOKENS, "runs along axis 0"],
    ["columns of a weight", quantizer("uniform", { ...entries(24), axis: -1 }), "weight", TOKENS, "runs along axis -1"],
    ["rows of a weight that do not divide", quantizer("uniform", { ...entries(7), axis: 0 }), "weight", TOKENS, "7 scales do not fit 120"],
    ["weights on a logarithm", quantizer("log2"), "weight", TOKENS, "weights have uniform codes"],
    ["weights row by row at run time", quantizer("demax"), "weight", TOKENS, "weights have uniform codes"],
  ])("refuses %s", (_what, stated, site, shape, fault) => {
    expect(quantizerFault(stated, site, shape)).toContain(fault);
  });

  it("takes heads, channels, tokens and groups of a row", () => {
    for (const count of [1, 2, 8]) expect(quantizerFault(quantizer("uniform", { ...entries(count), axis: -1 }), "key", TOKENS)).toBeNull();
    expect(quantizerFault(quantizer("uniform", { ...entries(5), axis: -2 }), "input", TOKENS)).toBeNull();
    expect(quantizerFault(quantizer("symmetric", { ...entries(15), axis: 0 }), "weight", TOKENS)).toBeNull();
  });
});
