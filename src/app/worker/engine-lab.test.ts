import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { expectCode } from "../../testing/expect-code.ts";
import { modelSources, syntheticVit } from "../../testing/synthetic-model.ts";
import { createEngineLab } from "./engine-lab.ts";

/** An adapter whose buffers hold 1 KiB: too little for any model. */
function adapterNamed(description: string): GPU {
  const limits = { maxBufferSize: 1024, maxStorageBufferBindingSize: 1024 };
  const device = { limits, features: new Set(), lost: new Promise(() => {}) };
  const info = { vendor: "", architecture: "", device: "", description, isFallbackAdapter: false };
  const adapter = { limits, features: new Set(), info, requestDevice: () => Promise.resolve(device) };
  return { requestAdapter: () => Promise.resolve(adapter), wgslLanguageFeatures: new Set() } as unknown as GPU;
}

const files = () =>
  Promise.all(
    modelSources(syntheticVit({ numClasses: 5, depth: 1 })).map(async (source) => ({
      path: source.name,
      blob: new Blob([await source.slice(0, source.byteLength)]),
    })),
  );

beforeEach(
  () =>
    void vi.stubGlobal("indexedDB", {
      open: () => {
        throw new Error("denied");
      },
    }),
);
afterEach(() => void vi.unstubAllGlobals());

it("an adapter that will compute refuses a model that its buffers cannot hold", async () => {
  const lab = createEngineLab(adapterNamed("a GPU"));
  await expectCode("MODEL_TOO_LARGE", async () => lab.openModel(await files(), {}));
});

it.each([
  ["a software adapter, in whose place WebAssembly computes", adapterNamed("SwiftShader Device")],
  ["no adapter", undefined],
])("the limits of %s are none of the model's", async (_, gpu) => {
  const opened = await createEngineLab(gpu).openModel(await files(), {});
  expect(opened.card.config.numClasses).toBe(5);
});

it("a software adapter that is asked to compute has its limits looked at", async () => {
  const lab = createEngineLab(adapterNamed("SwiftShader Device"));
  await lab.runOnSoftwareAdapter(true);
  await expectCode("MODEL_TOO_LARGE", async () => lab.openModel(await files(), {}));
});
