import { expect, it } from "vitest";
import type { LayerRule } from "./layer-rule.ts";
import { clearBits, excludeCells, setBits, withLayerBits } from "./set-bits.ts";

const behind: LayerRule = { where: ["blocks.*"], bits: 6 };

it("one rule for all layers with the same bits, before all others, and the same again changes nothing", () => {
  let rules = setBits([behind], { layers: ["blocks.2.mlp.fc2"], sites: ["input"] }, 8);
  rules = setBits(rules, { layers: ["blocks.10.mlp.fc2"], sites: ["input"] }, 8);
  expect(rules).toEqual([{ where: ["blocks.2.mlp.fc2", "blocks.10.mlp.fc2"], role: ["input"], bits: 8 }, behind]);
  expect(setBits(rules, { layers: ["blocks.10.mlp.fc2"], sites: ["input"] }, 8)).toEqual(rules);
});

it("what is written over loses its old bits, and only that", () => {
  const first = setBits([], { layers: ["a", "b"], sites: ["weight", "input"] }, 8);
  expect(setBits(first, { layers: ["b"], sites: ["input"] }, 3)).toEqual([
    { where: ["b"], role: ["input"], bits: 3 },
    { where: ["b"], role: ["weight"], bits: 8 },
    { where: ["a"], role: ["weight", "input"], bits: 8 },
  ]);
  expect(clearBits(first, { layers: ["a", "b"], sites: ["weight", "input"] })).toEqual([]);
});

it("rules with patterns or schemes stay where they are, and what they hold back is not touched", () => {
  const held: LayerRule = { where: ["a"], bits: 2 };
  const scheme: LayerRule = { where: ["a"], scheme: "symmetric" };
  expect(setBits([scheme, held], { layers: ["a"], sites: ["weight"] }, 8)).toEqual([
    { where: ["a"], role: ["weight"], bits: 8 },
    scheme,
    held,
  ]);
});

it("cells are taken out of every rule, patterns becoming names where they must", () => {
  const layers = ["blocks.0.a", "blocks.1.a", "head"];
  const rules: LayerRule[] = [
    { where: ["blocks.1.a"], role: ["input"], bits: 8 },
    { where: ["*.a"], bits: 6 },
    { where: ["head"], bits: 3 },
  ];
  expect(excludeCells(rules, { layers: ["blocks.1.a"], sites: ["input"] }, layers)).toEqual([
    { where: ["blocks.0.a"], bits: 6 },
    { where: ["blocks.1.a"], role: ["weight", "query", "key", "probabilities", "value"], bits: 6 },
    { where: ["head"], bits: 3 },
  ]);
  expect(excludeCells(rules, { layers: ["head"], sites: ["value"] }, ["blocks.0.a"])).toEqual(rules);
});

it("bits by layer become rules: both operands, or activations alone", () => {
  const layerBits = {
    "blocks.0.mlp.fc2": { weights: 8, activations: 8 },
    "blocks.0.attn.matmul2": { activations: 8 },
    head: { weights: 3 },
  };
  expect(withLayerBits([behind], layerBits)).toEqual([
    { where: ["blocks.0.attn.matmul2"], role: ["activations"], bits: 8 },
    { where: ["head"], role: ["weight"], bits: 3 },
    { where: ["blocks.0.mlp.fc2"], bits: 8 },
    behind,
  ]);
});
