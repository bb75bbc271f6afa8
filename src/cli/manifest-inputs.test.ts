import { expect, it } from "vitest";
import { fromBytes } from "../formats/byte-source.ts";
import { preprocess } from "../images/preprocess.ts";
import { digest } from "../runner/digest.ts";
import { openModel } from "../runner/open-model.ts";
import { createTunings, memoryStore } from "../runner/tune/tune-store.ts";
import { renderSample } from "../sample/render.ts";
import { expectCode } from "../testing/expect-code.ts";
import { modelSources, syntheticVit } from "../testing/synthetic-model.ts";
import type { Host } from "./host.ts";
import { manifestInputs } from "./manifest-inputs.ts";

const { card } = await openModel(modelSources(syntheticVit({ numClasses: 5 })));
const seeds = [10_000, 20_000];

async function manifestOf(names: readonly string[], bytes: readonly Uint8Array<ArrayBuffer>[], sizes: readonly number[]): Promise<string> {
  const images = await Promise.all(
    names.map(async (name, i) => ({
      name,
      sha256: await digest(bytes[i]),
      sizeBytes: sizes[i],
      use: [i === 0 ? "calibration" : "evaluation"],
      label: i + 2,
    })),
  );
  return JSON.stringify({ schema: "vitrine-manifest/1", order: "given", seed: 1, givenCount: 2, images });
}

function host(files: Readonly<Record<string, readonly { name: string; bytes: Uint8Array<ArrayBuffer> }[]>>): Host {
  const none = () => Promise.reject(new Error("internal: not in this test"));
  return {
    runtime: "test",
    job: {},
    open: (path) => Promise.resolve((files[path] ?? []).map(({ name, bytes }) => fromBytes(bytes, name))),
    write: none,
    gpu: none,
    tunings: createTunings(memoryStore()),
    // The test's files hold nothing but the number of a seed.
    decode: (bytes) => Promise.resolve(renderSample(bytes[0]).pixels),
  };
}

const text = (manifest: string) => [{ name: "m.json", bytes: new TextEncoder().encode(manifest) }];

it("renders the sample's seeds and calibrates and judges as the manifest says", async () => {
  const pixels = seeds.map((seed) => renderSample(seed).pixels);
  const manifest = await manifestOf(seeds.map((seed) => `seed ${seed}`), pixels.map(({ rgb }) => rgb.slice()), [0, 0]); // prettier-ignore
  const found = await manifestInputs(host({ "m.json": text(manifest) }), card, "m.json", undefined);
  expect([found.calibration.count, found.evaluation.count, found.labels]).toEqual([1, 1, Int32Array.of(3)]);
  expect((await found.calibration.batch(0, 1)).data).toEqual(preprocess(pixels[0], card.preprocessing));
  expect((await found.evaluation.batch(0, 1)).data).toEqual(preprocess(pixels[1], card.preprocessing));
});

it("finds files by digest in a folder, whatever they are called there", async () => {
  const bytes = [Uint8Array.of(7), Uint8Array.of(8)];
  const manifest = await manifestOf(["a.png", "b.png"], bytes, [1, 1]);
  const files = { "m.json": text(manifest), set: [{ name: "x.png", bytes: bytes[1] }, { name: "y.png", bytes: bytes[0] }] }; // prettier-ignore
  const found = await manifestInputs(host(files), card, "m.json", "set");
  expect((await found.calibration.batch(0, 1)).data).toEqual(preprocess(renderSample(7).pixels, card.preprocessing));
  await expectCode("MANIFEST_MISMATCH", () => manifestInputs(host({ ...files, set: [] }), card, "m.json", "set"));
});
