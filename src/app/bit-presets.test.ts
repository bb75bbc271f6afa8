import { describe, expect, it } from "vitest";
import { BIT_PRESETS, OWN_BITS, presetOf } from "./bit-presets.ts";
import { bitsName } from "./format.ts";
import { FIRST_CONTROLS, sameRequest } from "./store/controls-slice.ts";

describe("bit presets", () => {
  it("know themselves again", () => {
    expect(BIT_PRESETS.map(({ bits }) => presetOf(bits))).toEqual(BIT_PRESETS.map(({ name }) => name));
    expect(BIT_PRESETS.map(({ bits }) => bitsName(bits))).toEqual(BIT_PRESETS.map(({ name }) => name));
  });

  it("know attention bits that are the activations' own", () => {
    expect(presetOf({ weightBits: 8, activationBits: 8, attentionBits: 8 })).toBe("W8A8");
    expect(presetOf({ weightBits: 8, activationBits: 8, attentionBits: 4 })).toBe("W8A8, attention 4");
    expect(presetOf({ weightBits: 4, activationBits: 4, attentionBits: 8 })).toBe(OWN_BITS);
  });

  it("make a result stale only where they ask for something else", () => {
    expect(sameRequest(FIRST_CONTROLS, { ...FIRST_CONTROLS, attentionBits: 4 })).toBe(true);
    expect(sameRequest(FIRST_CONTROLS, { ...FIRST_CONTROLS, attentionBits: 8 })).toBe(false);
  });
});
