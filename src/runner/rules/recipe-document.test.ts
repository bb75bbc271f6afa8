import { describe, expect, it } from "vitest";
import type { QuantizeRequest } from "../comparison.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { parseRecipe, printRecipe, readRecipe, withRecipe } from "./recipe-document.ts";

const request: QuantizeRequest = {
  recipe: "repq-vit",
  weightBits: 4,
  activationBits: 6,
  attentionBits: 8,
  levels: "strict",
  rules: [
    { where: ["blocks.0.mlp.fc1", "head"], role: ["input", "weight"], bits: 8 },
    { where: ["*.matmul2"], role: ["probabilities"], scheme: "log2" },
  ],
};

const written = `{
  "schema": "vitrine-recipe/1",
  "preset": "repq-vit",
  "bits": { "weights": 4, "activations": 6, "attention": 8 },
  "levels": "strict",
  "rules": [
    { "where": ["blocks.0.mlp.fc1", "head"], "role": ["input", "weight"], "bits": 8 },
    { "where": "*.matmul2", "role": "probabilities", "scheme": "log2" }
  ]
}
`;

it("a rule a line, and the same request again", () => {
  expect(printRecipe(request)).toBe(written);
  expect(
    withRecipe({ recipe: "min-max", weightBits: 8, activationBits: 8, levels: "as-published" }, parseRecipe(written, "a.json")),
  ).toEqual(request);
  const { rules: _none, ...plain } = request;
  expect(parseRecipe(printRecipe(plain), "a.json").rules).toEqual([]);
});

it("what a file leaves out is the reader's; rules that it does not have are none", () => {
  const document = parseRecipe('{"schema": "vitrine-recipe/1"}', "a.json");
  const { rules: _dropped, ...rest } = request;
  expect(withRecipe(request, document)).toEqual({ ...rest, rules: undefined });
});

describe("faults stand at their line", () => {
  const rule = (text: string) => written.replace('{ "where": "*.matmul2", "role": "probabilities", "scheme": "log2" }', text);
  it.each([
    [written.replace("4,", "4"), 4, "Expected"],
    [written.replace("repq-vit", "repq"), 3, "One of min-max"],
    [written.replace('"weights": 4', '"weights": 9'), 4, "from 2 to 8"],
    [written.replace('"levels"', '"level"'), 5, '"level" is not known here.'],
    [rule('{ "where": "*", "bit": 8 }'), 8, '"bit" is not known here.'],
    [rule('{ "where": "*" }'), 8, "gives bits, a scheme"],
    [rule('{ "bits": 8 }'), 8, "The name of a layer"],
    [rule('{ "where": [], "bits": 8 }'), 8, "The name of a layer"],
    [rule('{ "where": "*",\n\n "role": ["input",\n"weights"], "bits": 8 }'), 11, "One of weight"],
    [rule('{ "where": "*", "scheme": "lloyd" }'), 8, "One of uniform"],
    [rule('{ "where": "*", "granularity": "per row", "bits": 3.5 }'), 8, "whole numbers"],
    ["[]", 1, "object in braces"],
  ])("%#", (text, line, message) => {
    const read = readRecipe(text, ["min-max", "repq-vit"]);
    expect(read).toMatchObject({ fault: { line } });
    expect("fault" in read && read.fault.message).toContain(message);
  });

  it("and have a code on the command line", async () => {
    const { why } = await expectCode("RULES_INVALID", () => parseRecipe(written.replace("4,", "4"), "a.json"));
    expect(why).toMatch(/^Line 4, column 26: /);
  });
});
