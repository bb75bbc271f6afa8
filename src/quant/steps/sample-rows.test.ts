import { describe, expect, it } from "vitest";
import { samplePlaces } from "./sample-rows.ts";

describe("samplePlaces", () => {
  it("meets every token of 32 images of 197 tokens about equally often, whatever the count", () => {
    // 32 x 96 of 32 x 197 places in regular steps would meet the same 96 tokens of each image and never the first.
    for (const count of [256, 3072]) {
      const places = samplePlaces(32 * 197, count);
      expect(new Set(places).size).toBeGreaterThan(0.9 * count);
      const classTokens = places.filter((place) => place % 197 === 0).length;
      expect(classTokens).toBeGreaterThan(0);
      expect(new Set(places.map((place) => place % 197)).size).toBeGreaterThan(130);
    }
  });

  it("gives the same places again, all of them when asked for all", () => {
    expect(samplePlaces(1000, 37)).toEqual(samplePlaces(1000, 37));
    expect([...samplePlaces(50, 50)]).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});
