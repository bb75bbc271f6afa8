import { expect, test } from "vitest";
import { firstSentence, recipeGroups, venueOf } from "./recipe-groups.ts";
import type { RecipeChoice } from "./worker/lab-api.ts";

const choice = (name: string, group: RecipeChoice["group"]): RecipeChoice => ({
  name,
  group,
  label: name,
  description: "",
  paper: null,
  calibrationImages: 32,
  minimumImages: 1,
  isMixed: false,
  mixedAt: null,
  bitRange: { lowest: 2, highest: 8 },
});

test("recipes are in groups by what they do, in the groups' order and within them in the registry's", () => {
  const given = [choice("gptq", "Weight rounding"), choice("min-max", "Baselines"), choice("erq", "Weight rounding")];
  expect(recipeGroups(given).map(({ title, recipes: members }) => [title, members.map(({ name }) => name)])).toEqual([
    ["Baselines", ["min-max"]],
    ["Weight rounding", ["gptq", "erq"]],
  ]);
});

test("a paper's venue and year", () => {
  const papers = [
    "Li, Xiao: RepQ-ViT: Scale Reparameterization. ICCV 2023, arXiv 2212.08254",
    "Wang, Yin: OutlierTune: Efficient Channel-Wise Quantization. 2024, arXiv 2406.18832",
    "Kravchik: Low-bit Quantization. ICCV Workshops 2019, arXiv 1902.06822; steps as in a program",
    "UQ-ViT, AAAI 2026; formulas as in the authors' program",
  ];
  expect(papers.map(venueOf)).toEqual(["ICCV 2023", "2024", "ICCV Workshops 2019", "AAAI 2026"]);
  expect([venueOf(null), venueOf("a folklore method")]).toEqual(["", ""]);
});

test("the first sentence of a description", () => {
  expect(firstSentence("A baseline: each range is full.")).toBe("A baseline: each range is full.");
  expect(firstSentence("Two codes. And more.")).toBe("Two codes.");
  expect(firstSentence("Clips 0.01 % of values.")).toBe("Clips 0.01 % of values.");
});
