import { expect, test } from "vitest";
import type { QuantizeRequest } from "../runner/comparison.ts";
import { openModel } from "../runner/open-model.ts";
import { printRecipe } from "../runner/rules/recipe-document.ts";
import { estimateCost } from "../runner/rules/estimate-cost.ts";
import { recipeSites } from "../quant/rules/recipe-sites.ts";
import { recipes } from "../quant/recipes/index.ts";
import { expectCode } from "../testing/expect-code.ts";
import { memoryHost, textFile } from "../testing/memory-host.ts";
import { runCommand } from "./run-command.ts";

const rules = [
  { where: ["*.mlp.*"], role: ["weight"], bits: 8, granularity: "per tensor" },
  { where: ["*.matmul2"], role: ["probabilities"], bits: 6, scheme: "log2" },
  { where: ["patch_embed.proj"], role: ["input"], bits: 6 },
] as const;
const request: QuantizeRequest = { recipe: "repq-vit", weightBits: 3, activationBits: 4, levels: "strict", rules };
const quantize = ["quantize", "--model=model", "--calibration=images", "--executor=cpu"];

test("a recipe file makes the package that it says, which remembers it; its cost was known before", async () => {
  const host = await memoryHost();
  host.files["recipe.json"] = textFile(printRecipe(request));
  const made = (await runCommand([...quantize, "--rules=recipe.json", "--out=a.safetensors"], host)) as {
    request: QuantizeRequest;
    effectiveBits: { weights: number; activations: number };
    size: { floatBytes: number; quantizedBytes: number };
  };
  expect(made.request).toEqual(request);
  const reopened = await openModel(host.files["a.safetensors"]);
  expect(reopened.quantization).toEqual(request);
  const { nodes } = await reopened.build();
  const at = (name: string) => nodes.find((node) => node.name === name)?.quantizers;
  expect(at("blocks.0.mlp.fc1")?.weight).toMatchObject({ bits: 8, axis: null });
  expect(at("blocks.0.attn.proj")?.weight).toMatchObject({ bits: 3, axis: 0 });
  expect(at("blocks.0.attn.matmul2")?.probabilities).toMatchObject({ bits: 6, scheme: "log2" });
  expect(at("patch_embed.proj")?.input?.bits).toBe(6);

  const float = await (await openModel(host.files.model)).build();
  const cost = estimateCost(recipeSites(float, recipes["repq-vit"]), made.size.floatBytes, request);
  expect(cost.effectiveBits.weights).toBeCloseTo(made.effectiveBits.weights, 9);
  expect(cost.effectiveBits.activations).toBeCloseTo(made.effectiveBits.activations, 9);
  expect(Math.abs(cost.quantizedBytes / made.size.quantizedBytes - 1)).toBeLessThan(0.002);
});

test("options win over the file; a sweep takes its rules at every setting", async () => {
  const host = await memoryHost();
  host.files["recipe.json"] = textFile(printRecipe(request));
  const options = ["--rules=recipe.json", "--recipe=min-max", "--weights=6", "--out=a.safetensors"];
  const made = (await runCommand([...quantize, ...options], host)) as { request: QuantizeRequest };
  expect(made.request).toEqual({ ...request, recipe: "min-max", weightBits: 6 });
  const sweep = ["sweep", "--model=model", "--calibration=images", "--inputs=images", "--executor=cpu", "--out=s", "--bits=4/4,8/8"];
  const { rows } = (await runCommand([...sweep, "--rules=recipe.json"], host)) as {
    rows: { recipe: string; bits: string; effectiveWeightBits: number }[];
  };
  expect(rows.map(({ recipe, bits }) => `${recipe} ${bits}`)).toEqual(["repq-vit 4/4", "repq-vit 8/8"]);
  expect(rows[0].effectiveWeightBits).toBeGreaterThan(4.5);
});

test("rules that the model cannot follow are refused before anything runs, and a broken file at its line", async () => {
  const host = await memoryHost();
  host.files["recipe.json"] = textFile(printRecipe({ ...request, rules: [{ where: ["haed"], bits: 8 }] }));
  await expectCode("RULES_REFUSED", () => runCommand([...quantize, "--rules=recipe.json", "--out=a.safetensors"], host));
  host.files["recipe.json"] = textFile('{"schema": "vitrine-recipe/1",\n"rules": [{"where": "head", "bits": 12}]}');
  const { why } = await expectCode("RULES_INVALID", () => runCommand([...quantize, "--rules=recipe.json", "--out=a.safetensors"], host));
  expect(why).toContain("Line 2, column 37");
});
