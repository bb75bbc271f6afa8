import { expect, it } from "vitest";
import { expectCode } from "../testing/expect-code.ts";
import { modelSources, syntheticVit } from "../testing/synthetic-model.ts";
import { seededNormal } from "../tensor/random.ts";
import { tensor } from "../tensor/tensor.ts";
import { incomparable, refuseIncomparable } from "./comparable-models.ts";
import { compareFloats } from "./compare-floats.ts";
import { openEngine } from "./engine.ts";
import { tensorSource } from "./image-source.ts";
import { openModel } from "./open-model.ts";

const geometry = { imageSize: [16, 16], patchSize: 8, numClasses: 4, depth: 1 } as const;
const open = (change: object = {}) => openModel(modelSources(syntheticVit({ ...geometry, ...change })));
const normal = seededNormal(3);
const images = tensorSource(tensor([3, 3, 16, 16], Float32Array.from({ length: 3 * 768 }, normal)), [3, 16, 16], "inputs");
const engine = await openEngine(() => Promise.reject(new Error("no GPU")), "cpu");

it("a model against itself agrees in everything; in other pixels it does not", async () => {
  const { build, card } = await open();
  const graph = await build();
  const common = { engine, labels: Int32Array.of(0, 1, 2), output: card.output, runtime: "test" };
  const same = await compareFloats({ ...common, reference: { graph, images }, other: { graph, images } });
  expect(same.quality).toMatchObject({ imageCount: 3, top1Agreement: 1, klDivergence: 0, logitSqnrDb: Infinity });
  expect(same.quality.top1AccuracyFloat).toBe(same.quality.top1AccuracyQuantized);
  expect(same.otherLogits).toEqual(same.referenceLogits);
  const shifted = { count: 3, batch: async (start: number, end: number) => { const { shape, data } = await images.batch(start, end); return tensor(shape, data.map((value) => value + 1)); } }; // prettier-ignore
  const other = await compareFloats({ ...common, reference: { graph, images }, other: { graph, images: shifted } });
  expect(other.quality.klDivergence).toBeGreaterThan(0);
});

it("refuses models that read or give other things", async () => {
  const { card } = await open();
  expect(incomparable(card, (await open({ depth: 2 })).card)).toBeNull();
  const classes = await expectCode("MODELS_INCOMPARABLE", async () => refuseIncomparable(card, (await open({ numClasses: 5 })).card));
  expect(classes.message).toContain("scores for 4 classes");
  const size = await expectCode("MODELS_INCOMPARABLE", async () => refuseIncomparable(card, (await open({ imageSize: [32, 32] })).card));
  expect(size.message).toContain("32 x 32 pixels");
});
