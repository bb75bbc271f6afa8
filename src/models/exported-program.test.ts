import { expect, it } from "vitest";
import { fromBytes } from "../formats/byte-source.ts";
import { openModelFiles } from "../formats/open-model.ts";
import { openSafetensors } from "../formats/safetensors.ts";
import { exportedProgram, programPayload } from "../testing/exported-program.ts";
import { modelSources, syntheticVit } from "../testing/synthetic-model.ts";
import { identifyModel } from "./index.ts";

it("a whole model is recognised by the names of its parameters", async () => {
  const model = syntheticVit({});
  const [weights, ...others] = modelSources(model);
  const given = await openSafetensors(weights ?? fromBytes(new Uint8Array(), ""));
  const storages: Record<string, Uint8Array> = {};
  const config: Record<string, object> = {};
  for (const [i, name] of given.names.entries()) {
    storages[`weight_${i}`] = new Uint8Array((await given.read(name)).data.slice().buffer);
    config[name] = programPayload(`weight_${i}`, given.shape(name));
  }
  const opened = identifyModel(await openModelFiles([exportedProgram(config, storages), ...others]));
  const original = identifyModel(await openModelFiles(modelSources(model)));
  expect(opened.card).toEqual({ ...original.card, name: "vit" });
  expect((await opened.build()).nodes.length).toBe((await original.build()).nodes.length);
});
