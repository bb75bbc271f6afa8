import { describe, expect, it } from "vitest";
import { makeGraph, type Graph } from "../../graph/graph.ts";
import { runNode } from "../../reference/index.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { smallImages, smallVit } from "../../testing/small-vit.ts";
import { calibrate } from "../calibrate.ts";
import { recipes, type RecipeName } from "../recipes/index.ts";
import { simulateGraph } from "../simulate.ts";
import { bitRules, ruleMatches, settingAt, type LayerRule } from "./layer-rule.ts";
import { siteSetting } from "./recipe-site.ts";
import { recipeSites } from "./recipe-sites.ts";
import { ruleFaults } from "./rule-faults.ts";

const names = Object.keys(recipes) as RecipeName[];
const float = smallVit(1);
const TURNS = 4;
const images = smallImages(4);

async function quantized(recipe: RecipeName, rules: readonly LayerRule[]) {
  const run = (node: Parameters<typeof runNode>[0], inputs: Parameters<typeof runNode>[1]) => Promise.resolve(runNode(node, inputs));
  // Bits by layer that are given keep mixed precision from measuring first.
  const task = { recipe: recipes[recipe], weightBits: 4, activationBits: 4, levels: "strict", layerBits: {}, rules } as const;
  return (await calibrate({ graph: float, images, runNode: run, ...task })).graph;
}

describe("patterns", () => {
  const site = { layer: "blocks.11.mlp.fc2", site: "input" } as const;
  it.each([
    ["blocks.11.mlp.fc2", true],
    ["blocks.*.mlp.fc2", true],
    ["blocks.1*.fc2", true],
    ["*", true],
    ["*fc2*", true],
    ["*.mlp.*", true],
    ["blocks.1.*", false],
    ["blocks.*.mlp", false],
    ["mlp.fc2", false],
    ["blocks.11.*.mlp.fc2", false],
    ["*fc2*fc2", false],
    ["", false],
  ])("%s", (where, matches) => {
    expect(ruleMatches({ where: [where] }, site)).toBe(matches);
  });

  it("roles narrow it; activations are all but weights", () => {
    const matches = (role: NonNullable<LayerRule["role"]>) => ruleMatches({ where: ["*"], role }, site);
    expect([matches(["input"]), matches(["activations"]), matches(["weight"]), matches(["key", "value"])]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("settingAt", () => {
  it("takes each of bits, scheme and granularity from the first rule that states it", () => {
    const rules: LayerRule[] = [
      { where: ["blocks.0.*"], bits: 8 },
      { where: ["*"], scheme: "symmetric", bits: 2 },
      { where: ["*"], scheme: "uniform", granularity: "per column" },
    ];
    const own = { bits: 4, scheme: "uniform", granularity: "per tensor" } as const;
    const at = (layer: string) => settingAt(rules, { layer, site: "input" }, own);
    expect(at("blocks.0.mlp.fc1")).toEqual({ bits: 8, scheme: "symmetric", granularity: "per column" });
    expect(at("head")).toEqual({ bits: 2, scheme: "symmetric", granularity: "per column" });
    expect(settingAt([], { layer: "head", site: "input" }, own)).toEqual(own);
    expect(bitRules(rules)).toEqual([
      { where: ["blocks.0.*"], bits: 8 },
      { where: ["*"], bits: 2 },
    ]);
  });
});

describe("every recipe", () => {
  it.each(names)("%s makes of every site what its rules and the user's say, whatever it accepts", async (name) => {
    const sites = recipeSites(float, recipes[name]);
    // A few turns each; where they begin differs, so that all recipes together meet every scheme.
    for (let turn = 0; turn < TURNS; turn++) {
      const rules = sites.flatMap(({ layer, site, options }, index): LayerRule[] => {
        const open = options.filter(({ refusedBy }) => refusedBy === null);
        if (open.length === 0) return [];
        const { scheme, granularity } = open[(turn + names.indexOf(name)) % open.length];
        return [{ where: [layer], role: [site], scheme, granularity, bits: 3 + ((index + turn) % 4) }];
      });
      const graph = await quantized(name, rules);
      for (const site of sites) {
        const quantizer = graph.nodes.find((node) => node.name === site.layer)?.quantizers?.[site.site];
        const asked = siteSetting(site, { weights: 4, activations: 4 }, rules);
        const place = `${site.layer}.${site.site}: ${JSON.stringify(asked)}`;
        expect(quantizer?.bits, place).toBe(asked?.bits);
        // Freely placed levels are a step's own choice where nobody asks for something else.
        if (asked?.scheme !== site.own?.scheme) expect(quantizer?.scheme, place).toBe(asked?.scheme);
        if (asked?.granularity === "per tensor") expect(quantizer?.scale, place).toHaveLength(1);
        if (asked?.granularity === "per row") expect(quantizer?.axis, place).toBe(0);
      }
      const { data } = simulateGraph(graph, images).output;
      expect(data.every(Number.isFinite), `${name}, turn ${turn}`).toBe(true);
    }
  });
});

describe("refusals", () => {
  const faults = (recipe: RecipeName, rules: readonly LayerRule[]) =>
    ruleFaults(recipeSites(float, recipes[recipe]), rules, { lowest: 2, highest: 8 }).map(({ rule, what }) => `${rule}: ${what}`);

  it("say which rule, where, and which step", () => {
    expect(
      faults("gptq", [
        { where: ["*"], bits: 3 },
        { where: ["*fc1"], role: ["weight"], scheme: "symmetric" },
      ]),
    ).toEqual(["1: symmetric, per row at blocks.0.mlp.fc1, weight contradicts the method."]);
    expect(faults("repq-vit", [{ where: ["*qkv"], role: ["input"], scheme: "symmetric" }])[0]).toContain("contradicts");
    // Without the reparameterization behind this LayerNorm: a legitimate experiment.
    expect(faults("repq-vit", [{ where: ["*qkv"], role: ["input"], scheme: "symmetric", granularity: "per tensor" }])).toEqual([]);
    expect(faults("min-max", [{ where: ["head"], role: ["input"], scheme: "log2" }])[0]).toContain("does not fit head, input");
    expect(faults("min-max", [{ where: ["heda", "head"], bits: 8 }])).toEqual(['0: "heda" is the name of no layer here.']);
    expect(faults("min-max", [{ where: ["head"], role: ["query"], bits: 8 }])).toEqual(["0: the layers have no such role."]);
    expect(faults("is-vit", [{ where: ["patch_embed.proj"], role: ["input"], bits: 8 }])).toEqual(["0: the recipe leaves these in float."]);
    expect(faults("min-max", [{ where: ["head"], bits: 9 }])).toEqual(["0: 9 bits are asked for."]);
  });

  it("of row steps on a clipped softmax", () => {
    const plain = smallVit(1);
    const nodes = plain.nodes.map((node) => (node.op === "Softmax" ? { ...node, attributes: { gamma: -0.03, zeta: 1.1 } } : node));
    const rule = { where: ["blocks.0.attn.matmul2"], role: ["probabilities"], scheme: "demax" } as const;
    const faultsOf = (graph: Graph) => ruleFaults(recipeSites(graph, recipes["min-max"]), [rule]).map(({ what }) => what);
    expect(faultsOf(plain)).toEqual([]);
    expect(faultsOf(makeGraph("clipped", plain.inputShape, nodes))).toEqual([expect.stringContaining("does not fit") as string]);
  });

  it("come before anything runs", async () => {
    const { what, why } = await expectCode("RULES_REFUSED", () => quantized("ptq4vit", [{ where: ["*matmul2"], scheme: "uniform" }]));
    expect(`${what} ${why}`).toContain("choosing codebooks");
  });
});
