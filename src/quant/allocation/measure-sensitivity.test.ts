import { expect, it } from "vitest";
import type { BitAssignment } from "./bit-costs.ts";
import { measuredCost } from "./bit-utility.ts";
import { eachLayer, eachRole, measureSensitivity, type SensitivityTable } from "./measure-sensitivity.ts";

const NAMES = ["blocks.0.mlp.fc1", "blocks.1.mlp.fc1", "head"];

it("measures each layer alone at each width", async () => {
  const seen: BitAssignment[] = [];
  const progress: number[] = [];
  const table = await measureSensitivity({
    groups: eachLayer(NAMES.slice(1)),
    candidates: [2, 4],
    measure: (assignment) => seen.push(assignment),
    job: { onProgress: ({ done, total }) => progress.push(done / total) },
  });
  expect(seen).toEqual([
    { "blocks.1.mlp.fc1": { weights: 2, activations: 2 } },
    { "blocks.1.mlp.fc1": { weights: 4, activations: 4 } },
    { head: { weights: 2, activations: 2 } },
    { head: { weights: 4, activations: 4 } },
  ]);
  expect(table).toEqual({ "blocks.1.mlp.fc1": { 2: 1, 4: 2 }, head: { 2: 3, 4: 4 } });
  expect(progress).toEqual([0, 0.25, 0.5, 0.75, 1]);
});

it("measures roles, and one operand only", async () => {
  const groups = eachRole(NAMES, "weights");
  expect(groups.map(({ name, nodes }) => [name, nodes])).toEqual([
    ["mlp.fc1", NAMES.slice(0, 2)],
    ["head", ["head"]],
  ]);
  const seen: BitAssignment[] = [];
  await measureSensitivity({ groups: groups.slice(0, 1), candidates: [3], measure: async (assignment) => seen.push(assignment) });
  expect(seen).toEqual([{ "blocks.0.mlp.fc1": { weights: 3 }, "blocks.1.mlp.fc1": { weights: 3 } }]);
  expect(eachRole(["layers.0.blocks.1.attn.qkv"], "activations")).toEqual([
    { name: "attn.qkv", nodes: ["layers.0.blocks.1.attn.qkv"], operands: "activations" },
  ]);
});

it("stops when cancelled and goes on where it stopped", async () => {
  const controller = new AbortController();
  let kept: SensitivityTable = {};
  const request = { groups: eachLayer(NAMES), candidates: [2, 8] };
  const measure = (assignment: BitAssignment) => Object.values(assignment)[0]?.weights ?? Number.NaN;
  const stopped = measureSensitivity({
    ...request,
    measure,
    job: { signal: controller.signal },
    onMeasured: (table) => {
      kept = table;
      if (table["blocks.1.mlp.fc1"]) controller.abort();
    },
  });
  await expect(stopped).rejects.toThrow("abort");
  expect(kept).toEqual({ "blocks.0.mlp.fc1": { 2: 2, 8: 8 }, "blocks.1.mlp.fc1": { 2: 2 } });
  const resumed: BitAssignment[] = [];
  const table = await measureSensitivity({
    ...request,
    known: kept,
    measure: (assignment) => {
      resumed.push(assignment);
      return measure(assignment);
    },
  });
  expect(resumed.map((assignment) => Object.keys(assignment)[0])).toEqual([NAMES[1], "head", "head"]);
  expect(table).toEqual(Object.fromEntries(NAMES.map((name) => [name, { 2: 2, 8: 8 }])));
  expect(measuredCost(table)("head", 8)).toBe(8);
});

it("does not take a measurement that is not a number, nor invent one", async () => {
  const nan = measureSensitivity({ groups: eachLayer(["head"]), candidates: [2], measure: () => Number.NaN });
  await expect(nan).rejects.toThrow("internal: head at 2 bits");
  expect(() => measuredCost({ head: { 2: 1 } })("head", 4)).toThrow("internal");
});
