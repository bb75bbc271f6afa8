/** Both allocators against enumeration of all assignments, and what they promise on problems of a real model's size. */
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../tensor/random.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { allocateExact } from "./allocate-exact.ts";
import { allocateGreedy } from "./allocate-greedy.ts";
import type { LayerCost } from "./bit-costs.ts";
import { linearUtility, noiseUtility, relevanceCost } from "./bit-utility.ts";
import { layerOptions, uniformBudget, type Allocation, type Budget, type LayerOptions } from "./layer-options.ts";

const CANDIDATES = [2, 4, 6, 8];

/** Seeded layers: most with weights, some attention products; costs that fall with bits, or noisy ones that need not. */
function randomProblem(seed: number, count: number, isNoisy: boolean): { layers: LayerOptions[]; costs: LayerCost[] } {
  const random = seededRandom(seed);
  const pick = (limit: number) => Math.floor(random() * limit);
  const costs = Array.from({ length: count }, (_, l): LayerCost => {
    const parameters = random() < 0.25 ? 0 : 8 * (1 + pick(40));
    return { name: `layer${l}`, parameters, macs: 4 * (1 + pick(30)) };
  });
  const scores = costs.map(() => random());
  const noise = costs.map(() => CANDIDATES.map(() => (isNoisy ? random() * 0.05 : 0)));
  const cost = (name: string, bits: number) => {
    const l = Number(name.slice(5));
    return scores[l] * 4 ** -bits + noise[l][CANDIDATES.indexOf(bits)];
  };
  return { layers: layerOptions(costs, { candidates: CANDIDATES, activations: "tied", cost }), costs };
}

/** The least cost within the budget, by trying everything. */
function leastCost(
  layers: readonly LayerOptions[],
  { weightBytes, bitOps = Infinity }: Budget,
  l = 0,
  bytes = 0,
  ops = 0,
  cost = 0,
): number {
  if (bytes > weightBytes || ops > bitOps) return Infinity;
  if (l === layers.length) return cost;
  return Math.min(
    ...layers[l].choices.map((c) => leastCost(layers, { weightBytes, bitOps }, l + 1, bytes + c.bytes, ops + c.bitOps, cost + c.cost)),
  );
}

function expectWithin(layers: readonly LayerOptions[], { weightBytes, bitOps = Infinity }: Budget, found: Allocation): void {
  const picked = layers.map(({ name, choices }) => choices.find(({ widths }) => widths === found.assignment[name]));
  const total = (of: "bytes" | "bitOps" | "cost") => picked.reduce((sum, choice) => sum + (choice?.[of] ?? Number.NaN), 0);
  expect(found).toMatchObject({ weightBytes: total("bytes"), bitOps: total("bitOps"), cost: total("cost") });
  expect(found.weightBytes).toBeLessThanOrEqual(weightBytes);
  expect(found.bitOps).toBeLessThanOrEqual(bitOps);
}

describe("small problems, against enumeration", () => {
  const problems = Array.from({ length: 12 }, (_, seed) => ({ seed, isNoisy: seed % 3 === 0, bits: 2.2 + (seed % 5) }));

  it.each(problems)("bytes only: seed $seed, noisy $isNoisy, $bits bits", ({ seed, isNoisy, bits }) => {
    const { layers, costs } = randomProblem(seed, 6, isNoisy);
    const budget = { weightBytes: uniformBudget(costs, { weights: bits, activations: bits }).weightBytes };
    const exact = allocateExact(layers, budget);
    const greedy = allocateGreedy(layers, budget);
    expectWithin(layers, budget, exact);
    expectWithin(layers, budget, greedy);
    expect(exact.isOptimal).toBe(true);
    expect(exact.cost).toBeCloseTo(leastCost(layers, budget), 12);
    expect(exact.cost).toBeLessThanOrEqual(greedy.cost + 1e-12);
  });

  it.each(problems)("bytes and bit operations: seed $seed, noisy $isNoisy, $bits bits", ({ seed, isNoisy, bits }) => {
    const { layers, costs } = randomProblem(seed + 100, 6, isNoisy);
    const budget = uniformBudget(costs, { weights: bits, activations: bits });
    const exact = allocateExact(layers, budget);
    const greedy = allocateGreedy(layers, budget);
    expectWithin(layers, budget, exact);
    expectWithin(layers, budget, greedy);
    expect(exact.isOptimal).toBe(true);
    expect(exact.cost).toBeCloseTo(leastCost(layers, budget), 12);
    expect(exact.cost).toBeLessThanOrEqual(greedy.cost + 1e-12);
  });

  it("with few states it keeps the budget, is no worse than greedy and does not claim to be optimal where it is not", () => {
    let doubts = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { layers, costs } = randomProblem(seed + 200, 6, seed % 2 === 0);
      const budget = uniformBudget(costs, { weights: 4, activations: 4 });
      const found = allocateExact(layers, budget, { stateLimits: [1] });
      expectWithin(layers, budget, found);
      expect(found.cost).toBeLessThanOrEqual(allocateGreedy(layers, budget).cost);
      const least = leastCost(layers, budget);
      if (found.isOptimal) expect(found.cost).toBeCloseTo(least, 12);
      else doubts++;
    }
    expect(doubts).toBeGreaterThan(10);
  });
});

describe("budgets", () => {
  const costs: LayerCost[] = [
    { name: "a", parameters: 100, macs: 100 },
    { name: "b", parameters: 100, macs: 100 },
    { name: "product", parameters: 0, macs: 10 },
  ];
  const layers = layerOptions(costs, { activations: "tied", cost: relevanceCost({ a: 3, b: 1, product: 0.1 }, noiseUtility) });

  it("the smallest model fits exactly; a byte less is refused", async () => {
    for (const allocate of [allocateExact, allocateGreedy]) {
      const { assignment } = allocate(layers, { weightBytes: 50, bitOps: 840 });
      expect(Object.values(assignment).map((bits) => bits.activations)).toEqual([2, 2, 2]);
      const bytes = await expectCode("BIT_BUDGET_TOO_SMALL", () => allocate(layers, { weightBytes: 49 }));
      expect(bytes.next).toContain("50 bytes");
      const ops = await expectCode("BIT_BUDGET_TOO_SMALL", () => allocate(layers, { weightBytes: 50, bitOps: 839 }));
      expect(ops.next).toContain("840 bit operations");
    }
  });

  it("a budget for everything gives everything the most", () => {
    for (const allocate of [allocateExact, allocateGreedy]) {
      const found = allocate(layers, { weightBytes: 1e12, bitOps: 1e12 });
      expect(Object.values(found.assignment)).toEqual([
        { weights: 8, activations: 8 },
        { weights: 8, activations: 8 },
        { weights: 8, activations: 8 },
      ]);
    }
  });

  it("noise: the layer with more relevance gets more bits; an attention product is free where only bytes count", () => {
    // 100 bytes: 800 bits for 100 + 100 weights. 3 * 4^-4 + 1 * 4^-4 = 0.0156 is the least; 6 and 2 bits cost 3 * 4^-6 + 4^-2 = 0.0632.
    const four = allocateExact(layers, { weightBytes: 100 }).assignment;
    expect([four.a.weights, four.b.weights, four.product.activations]).toEqual([4, 4, 8]);
    // 88 bytes: 7 bits a pair: 4 + 3 = 3 * 4^-4 + 4^-3 = 0.0273 against 3 + 4 = 0.0508.
    const seven = allocateExact(layers, { weightBytes: 88 }).assignment;
    expect([seven.a.weights, seven.b.weights]).toEqual([4, 3]);
  });

  it("linear: all that fits goes to the layer with most relevance", () => {
    const linear = layerOptions(costs, { activations: 8, cost: relevanceCost({ a: 3, b: 1, product: 0.1 }, linearUtility) });
    const { assignment } = allocateExact(linear, { weightBytes: 100 });
    expect(assignment).toMatchObject({ a: { weights: 6, activations: 8 }, b: { weights: 2, activations: 8 } });
  });

  it("greedy can miss what exact finds", () => {
    // Per byte, b's step to 4 bits pays best, and leaves no room for a's, which pays more in all.
    const named = [
      { name: "a", parameters: 80, macs: 1 },
      { name: "b", parameters: 40, macs: 1 },
    ];
    const gains: Record<string, number> = { a: 10, b: 6 };
    const two = layerOptions(named, { candidates: [2, 4], activations: 8, cost: (name, bits) => (bits === 2 ? gains[name] : 0) });
    const budget = { weightBytes: 20 + 20 + 10 };
    expect(allocateGreedy(two, budget).cost).toBe(10);
    expect(allocateExact(two, budget)).toMatchObject({ cost: 6, assignment: { a: { weights: 4 }, b: { weights: 2 } }, isOptimal: true });
  });

  it("does not spend bits on a layer that measured worse with more of them", () => {
    const worse = layerOptions(costs, { activations: 8, cost: (name, bits) => (name === "a" ? bits : 1 / bits) });
    for (const allocate of [allocateExact, allocateGreedy]) {
      const { assignment } = allocate(worse, { weightBytes: 1e6 });
      expect([assignment.a.weights, assignment.b.weights]).toEqual([2, 8]);
    }
  });
});

describe("options", () => {
  const cost = (_name: string, bits: number) => -bits;
  const costs: LayerCost[] = [
    { name: "patch_embed.proj", parameters: 40, macs: 100 },
    { name: "product", parameters: 0, macs: 10 },
  ];

  it("pins leave the other operand to choose", () => {
    const [patch] = layerOptions(costs, {
      candidates: [8, 4],
      activations: "tied",
      pinned: { "patch_embed.proj": { activations: 8 } },
      cost,
    });
    expect(patch.choices).toEqual([
      { widths: { weights: 4, activations: 8 }, cost: -4, bytes: 20, bitOps: 3200 },
      { widths: { weights: 8, activations: 8 }, cost: -8, bytes: 40, bitOps: 6400 },
    ]);
  });

  it("with activations fixed an attention product has nothing to choose", () => {
    const [, product] = layerOptions(costs, { activations: 6, cost });
    expect(product.choices.map(({ widths, bytes, bitOps }) => [widths.activations, bytes, bitOps])).toEqual([[6, 0, 360]]);
  });

  it.each([[[]], [[4, 5]], [[16]]])("refuses candidates %j", async (candidates) => {
    await expectCode("BITS_UNSUPPORTED", () => layerOptions(costs, { candidates, activations: "tied", cost }));
  });
});

describe("75 layers of a ViT-S, 5 widths", () => {
  /** 384 wide, 12 blocks, 197 tokens, 6 heads, 1000 classes. */
  const [d, n] = [384, 197];
  const gemm = (name: string, parameters: number, rows: number): LayerCost => ({ name, parameters, macs: parameters * rows });
  const product = (name: string): LayerCost => ({ name, parameters: 0, macs: n * n * d });
  const costs = [
    gemm("patch_embed.proj", d * 768, 196),
    ...Array.from({ length: 12 }, (_, i) => [
      gemm(`blocks.${i}.attn.qkv`, 3 * d * d, n),
      product(`blocks.${i}.attn.matmul1`),
      product(`blocks.${i}.attn.matmul2`),
      gemm(`blocks.${i}.attn.proj`, d * d, n),
      gemm(`blocks.${i}.mlp.fc1`, 4 * d * d, n),
      gemm(`blocks.${i}.mlp.fc2`, 4 * d * d, n),
    ]).flat(),
    gemm("head", 1000 * d, 1),
  ];
  const random = seededRandom(5);
  const scores = Object.fromEntries(costs.map(({ name }) => [name, 0.05 + random()]));
  const layers = layerOptions(costs, { activations: "tied", cost: relevanceCost(scores, noiseUtility) });

  it.each(["bytes", "bytes and bit operations"])("the optimum for the budget of 4 bits, in %s", (limited) => {
    expect(layers).toHaveLength(74);
    const uniform = uniformBudget(costs, { weights: 4, activations: 4 });
    const budget = limited === "bytes" ? { weightBytes: uniform.weightBytes } : uniform;
    const exact = allocateExact(layers, budget);
    expectWithin(layers, budget, exact);
    expect(exact.isOptimal).toBe(true);
    expect(exact.cost).toBeLessThanOrEqual(allocateGreedy(layers, budget).cost);
    const four = layers.reduce((sum, { choices }) => sum + (choices.find(({ widths }) => widths.weights === 4)?.cost ?? Number.NaN), 0);
    expect(exact.cost).toBeLessThan(0.95 * four);
  });
});
