/** Every family in both namings against a PyTorch forward of the published architecture, on the CPU reference. */
import { expect, test } from "vitest";
import { metrics } from "../metrics/index.ts";
import { runGraph } from "../reference/run-graph.ts";
import { goldenModel, goldenNames } from "../testing/golden-models.ts";
import { identifyModel } from "../models/index.ts";

const models = await Promise.all(goldenNames.map(async (name) => ({ name, ...(await goldenModel(name)) })));
const cases = models.flatMap(({ name, files, ...rest }) =>
  Object.entries(files).map(([naming, file]) => ({ name, naming, file, ...rest })),
);

test.each(cases)("$name in $naming names", async ({ name, file, overrides, pixels, output }) => {
  const { card, build } = identifyModel(file, overrides);
  expect(card.family).toBe(name.split("-")[0]);
  expect(card.output).toBe(card.config.numClasses === 0 ? "features" : "classes");
  const actual = runGraph(await build(), pixels).output;
  expect(actual.shape).toEqual(output.shape);
  // PyTorch adds up in f32, the reference in f64: a wrong op or a wrong name is off by tens of decibels.
  expect(metrics.sqnrDb.measure(output, actual)).toBeGreaterThan(110);
});
