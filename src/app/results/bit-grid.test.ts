import { describe, expect, it } from "vitest";
import { excludeCells, setBits } from "../../quant/rules/set-bits.ts";
import type { QuantizeRequest } from "../../runner/comparison.ts";
import { fakeRecipeSites } from "../testing/fake-recipe-sites.ts";
import { bitGrids } from "./bit-grid.ts";
import { paintCells } from "./paint-cells.ts";
import { recipeDifference } from "./recipe-difference.ts";
import { ruleText } from "./rule-text.ts";

const { sites } = fakeRecipeSites(3, "repq-vit");
const request: QuantizeRequest = { recipe: "repq-vit", weightBits: 4, activationBits: 6, attentionBits: 8, levels: "strict" };
const layers = [...new Set(sites.map(({ layer }) => layer))];

describe("bitGrids", () => {
  const { blocks, outside } = bitGrids(sites, request);
  it("has roles x blocks, and what lies outside", () => {
    expect(blocks.columns).toEqual(["0", "1", "2"]);
    expect(blocks.rows).toEqual([
      "qkv input",
      "qkv weights",
      "q and k",
      "softmax",
      "v",
      "proj input",
      "proj weights",
      "fc1 input",
      "fc1 weights",
      "fc2 input",
      "fc2 weights",
    ]);
    expect(blocks.cells.map((cells) => cells[1]?.bits)).toEqual([6, 4, 6, 8, 6, 6, 4, 6, 4, 6, 4]);
    expect(outside.columns).toEqual(["patch_embed.proj", "head"]);
    expect(outside.cells.map((cells) => cells.map((cell) => cell?.bits))).toEqual([
      [8, 6],
      [4, 4],
    ]);
  });

  it("a painted cell is a rule, and the rule is the painted cell", () => {
    const cell = blocks.cells[2]?.[1];
    if (!cell) throw new Error("no cell");
    const rules = setBits([], { layers: [cell.layer], sites: cell.sites }, 3);
    const painted = bitGrids(sites, { ...request, rules });
    const changed = painted.blocks.cells.flat().filter((one) => one?.isChanged === true);
    expect(changed).toEqual([
      {
        layer: "blocks.1.attn.matmul1",
        sites: ["query", "key"],
        bits: 3,
        isChanged: true,
        text: expect.stringContaining("query 3 bits, uniform, per tensor; key 3 bits"),
      },
    ]);
    expect(rules.map(ruleText)).toEqual(["blocks.1.attn.matmul1, query and key: 3 bits"]);
  });
});

describe("recipeDifference", () => {
  it("says what is other than in the recipe, alike blocks together, and each line can be taken back", () => {
    const rules = [
      { where: ["blocks.0.*", "blocks.2.*"], role: ["weight" as const], bits: 8 },
      { where: ["head"], role: ["input" as const], scheme: "symmetric" as const, bits: 6 },
    ];
    const lines = recipeDifference(sites, { ...request, rules });
    expect(lines.map(({ title, blocks, before, after }) => [title, blocks, before, after])).toEqual([
      ["qkv weights", "blocks 0 and 2", "4 bits", "8 bits"],
      ["proj weights", "blocks 0 and 2", "4 bits", "8 bits"],
      ["fc1 weights", "blocks 0 and 2", "4 bits", "8 bits"],
      ["fc2 weights", "blocks 0 and 2", "4 bits", "8 bits"],
      ["head input", null, "uniform", "symmetric"],
    ]);
    const [first] = lines;
    if (first === undefined) throw new Error("no line");
    const left = excludeCells(rules, first.cells, layers);
    expect(recipeDifference(sites, { ...request, rules: left })).toEqual(lines.slice(1));
  });
});

describe("paintCells", () => {
  it("paints many cells with one rule for each role, and back again with none", () => {
    const cellsOf = (rules: QuantizeRequest["rules"]) =>
      bitGrids(sites, { ...request, rules })
        .blocks.cells.slice(-2)
        .flatMap((row) => row.filter((cell) => cell !== null));
    const painted = paintCells(sites, request, cellsOf([]), 8);
    expect(painted.map(ruleText)).toEqual(["blocks.0.mlp.fc2 and 2 more layers, weight and input: 8 bits"]);
    expect(cellsOf(painted).map(({ bits }) => bits)).toEqual([8, 8, 8, 8, 8, 8]);
    const back = paintCells(sites, { ...request, rules: painted }, cellsOf(painted).slice(0, 3), 6);
    expect(back.map(ruleText)).toEqual(["blocks.0.mlp.fc2 and 2 more layers, weight: 8 bits"]);
    const behind = [{ where: ["*"], scheme: "symmetric" as const, bits: 3 }];
    const own = paintCells(sites, { ...request, rules: behind }, cellsOf(behind).slice(0, 1), "own");
    expect(cellsOf(own)[0]).toMatchObject({ bits: 6, isChanged: false });
    expect(cellsOf(own)[1]).toMatchObject({ bits: 3, isChanged: true });
  });
});
