import { expect, test } from "vitest";
import type { LevelSite } from "../worker/lab-api.ts";
import { levelChoice, NO_WISH, quantizerText } from "./level-choice.ts";

const site = (title: string, block: number | null, entries = 1): LevelSite => ({
  id: `${block}.${title}`,
  block,
  title,
  scheme: "uniform",
  bits: 4,
  part: entries > 1 ? "head" : null,
  entries,
});
const sites = [
  site("image patches", null),
  site("queries", 0, 3),
  site("attention probabilities", 0),
  site("queries", 1, 3),
  site("attention probabilities", 1),
];

test("begins with the attention probabilities of the first block", () => {
  expect(levelChoice(sites, NO_WISH)).toMatchObject({
    titles: ["image patches", "queries", "attention probabilities"],
    blocks: [0, 1],
    site: { id: "0.attention probabilities" },
  });
});

test("follows a wish as far as the recipe has such a place", () => {
  const wish = { title: "queries", block: 1, entry: 2 };
  expect(levelChoice(sites, wish)).toMatchObject({ site: { id: "1.queries" }, entry: 2 });
  // Without a block of that number, parts of their own, or such a tensor at all:
  expect(levelChoice(sites, { ...wish, block: 7 })?.site.id).toBe("0.queries");
  expect(levelChoice([site("queries", 1)], wish)).toMatchObject({ site: { id: "1.queries" }, entry: 0 });
  expect(levelChoice([site("image patches", null)], wish)).toMatchObject({ site: { id: "null.image patches" }, blocks: [] });
  expect(levelChoice([], wish)).toBeNull();
});

test("says what the quantizer is", () => {
  expect(quantizerText(site("values", 0), 0)).toBe("4 bits, uniform; one quantizer for the whole tensor");
  expect(quantizerText({ ...site("values", 0), part: "row" }, 0)).toBe("4 bits, uniform; fitted to each row while the model runs");
  expect(quantizerText(site("queries", 0, 3), 2)).toBe("4 bits, uniform; head 2 of 3, each with a quantizer of its own");
});
