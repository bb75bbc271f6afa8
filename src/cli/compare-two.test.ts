import { expect, it } from "vitest";
import { openSafetensors } from "../formats/safetensors.ts";
import { fromBytes } from "../formats/byte-source.ts";
import { writeNpy } from "../formats/npy.ts";
import { tensor } from "../tensor/tensor.ts";
import { expectCode } from "../testing/expect-code.ts";
import { memoryHost } from "../testing/memory-host.ts";
import { modelSources, syntheticVit } from "../testing/synthetic-model.ts";
import { runCommand } from "./run-command.ts";

const host = await memoryHost();
host.files.deeper = modelSources(syntheticVit({ numClasses: 5, depth: 2 }));
host.files.others = modelSources(syntheticVit({ numClasses: 6, depth: 1 }));
host.files.labels = [fromBytes(writeNpy(tensor([4], Float32Array.of(0, 1, 2, 3))), "labels.npy")];
const compare = (...args: string[]) =>
  runCommand(["compare", "--model", "model", "--inputs", "images", "--executor", "cpu", ...args], host);

it("a model with itself agrees in everything, with a deeper one in less; logits of both are written", async () => {
  expect(await compare("--with", "model")).toMatchObject({ quality: { imageCount: 4, top1Agreement: 1, klDivergence: 0 }, notes: [] });
  const found = (await compare("--with", "deeper", "--labels", "labels", "--dump", "logits")) as { quality: Record<string, number> };
  expect(found.quality.klDivergence).toBeGreaterThan(0);
  expect(found.quality.top1AccuracyFloat).toBeGreaterThanOrEqual(0);
  const dumped = await openSafetensors(host.files.logits[0]);
  expect(dumped.shape("float_logits")).toEqual([4, 5]);
  expect((await dumped.read("other_logits")).data).not.toEqual((await dumped.read("float_logits")).data);
});

it("refuses other classes, and options that quantize", async () => {
  await expectCode("MODELS_INCOMPARABLE", () => compare("--with", "others"));
  expect((await expectCode("USAGE", () => compare("--with", "model", "--weights", "4"))).message).toContain("--weights");
});
