import { expect, it } from "vitest";
import { fromBytes } from "../../formats/byte-source.ts";
import { openModel } from "../../runner/open-model.ts";
import { quantizeModels } from "../../runner/quantize-model.ts";
import { createWasmNodeRunner } from "../../runner/node-runner.ts";
import { tensorSource } from "../../runner/image-source.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { modelSources, syntheticVit } from "../../testing/synthetic-model.ts";
import { randomPixels } from "../../testing/random-vit.ts";
import { createExportDesk, exportChoices } from "./export-desk.ts";

it("writes the models of the run it holds in every form, and no others", async () => {
  const model = await openModel(modelSources(syntheticVit({ numClasses: 5, depth: 1 })));
  const graph = await model.build();
  const source = tensorSource(randomPixels(4, model.card.config.imageSize[0], 3), graph.inputShape, "calibration");
  const request = { recipe: "min-max", weightBits: 8, activationBits: 8, levels: "strict" } as const;
  const [quantized] = await quantizeModels(createWasmNodeRunner(), graph, source, [request]);
  if (quantized === undefined) throw new Error("nothing was quantized");
  const desk = createExportDesk();
  desk.hold({ id: "run 2", card: model.card, main: quantized, baseline: null });
  for (const { name } of exportChoices) {
    const { files } = await desk.write({ comparison: "run 2", side: "main" }, name, {});
    expect(files.length, name).toBeGreaterThan(0);
    expect(files[0]?.bytes.length, name).toBeGreaterThan(100);
    if (name !== "package") continue;
    const reopened = await openModel(files.map(({ name: file, bytes }) => fromBytes(bytes, file)));
    expect(reopened.quantization).toEqual(request);
  }
  await expectCode("RUN_GONE", () => desk.write({ comparison: "run 1", side: "main" }, "package", {}));
  await expectCode("RUN_GONE", () => desk.write({ comparison: "run 2", side: "baseline" }, "package", {}));
});
