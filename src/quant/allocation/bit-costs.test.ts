import { expect, it } from "vitest";
import { randomVit } from "../../testing/random-vit.ts";
import { layerCosts, modelCost } from "./bit-costs.ts";

/** 4 patches and a class token: N = 5; width 12, two heads of 6, one block. */
const graph = randomVit({ image: 8, patch: 4, dim: 12, depth: 1, heads: 2, mlp: 20, classes: 7, seed: 1 });
const layers = layerCosts(graph);

it("counts weights and multiply-adds of every matrix product", () => {
  expect(layers).toEqual([
    { name: "patch_embed.proj", parameters: 12 * 48, macs: 4 * 12 * 48 },
    { name: "blocks.0.attn.qkv", parameters: 36 * 12, macs: 5 * 36 * 12 },
    { name: "blocks.0.attn.matmul1", parameters: 0, macs: 2 * 5 * 5 * 6 },
    { name: "blocks.0.attn.matmul2", parameters: 0, macs: 2 * 5 * 6 * 5 },
    { name: "blocks.0.attn.proj", parameters: 12 * 12, macs: 5 * 12 * 12 },
    { name: "blocks.0.mlp.fc1", parameters: 20 * 12, macs: 5 * 20 * 12 },
    { name: "blocks.0.mlp.fc2", parameters: 12 * 20, macs: 5 * 12 * 20 },
    { name: "head", parameters: 7 * 12, macs: 7 * 12 },
  ]);
});

const parameters = 576 + 432 + 144 + 240 + 240 + 84;
const gemmMacs = 4 * 576 + 5 * (432 + 144 + 240 + 240) + 84;
const attentionMacs = 300 + 300;

it("costs the same width everywhere: attention products multiply activations by activations", () => {
  expect(modelCost(layers, {}, { weights: 4, activations: 8 })).toEqual({
    weightBytes: parameters / 2,
    effectiveBits: 4,
    bitOps: gemmMacs * 4 * 8 + attentionMacs * 8 * 8,
  });
});

it("costs a mixed assignment; what it does not name is float", () => {
  const assignment = {
    "blocks.0.attn.qkv": { weights: 2, activations: 3 },
    "blocks.0.attn.matmul1": { activations: 4 },
    head: { weights: 3 },
  };
  const rest = parameters - 432 - 84;
  expect(modelCost(layers, assignment)).toEqual({
    weightBytes: (432 * 2) / 8 + Math.ceil((84 * 3) / 8) + rest * 4,
    effectiveBits: (432 * 2 + 84 * 3 + rest * 32) / parameters,
    bitOps: 5 * 432 * 2 * 3 + 300 * 4 * 4 + 84 * 3 * 32 + (gemmMacs - 5 * 432 - 84) * 32 * 32 + 300 * 32 * 32,
  });
});
