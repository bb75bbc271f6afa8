import type * as Transformers from "@huggingface/transformers";
import { LeftOut, type OpenContender } from "./contender.ts";

/**
 * transformers.js as its documentation has one use it: `from_pretrained` with a device and no dtype, so that it takes its own default (float on
 * webgpu, the dynamically quantized file on wasm). Files come from this machine; remote models are off. Its image processor is not measured:
 * all contenders get the same normalised pixels.
 */
export const openTransformers: OpenContender = async (info, manifest, host, phase) => {
  if (info.onnx === null || manifest.onnx[info.onnx] === undefined) throw new LeftOut(`the model has no ONNX file in ${info.precision}`);
  if (info.provider === "cpu") throw new LeftOut("not measured on the CPU");
  const device = info.provider;
  const library = await phase("runtime", async () => (await host.importPeer("transformers")) as typeof Transformers);
  const { env } = library;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = host.urls.models;
  env.useBrowserCache = false;
  env.useWasmCache = false;
  const { wasm } = env.backends.onnx;
  if (wasm) {
    wasm.wasmPaths = host.urls.transformersWasm;
    if (host.threads !== null) wasm.numThreads = host.threads;
  }
  const model = await phase("read and create", () => library.AutoModelForImageClassification.from_pretrained(manifest.key, { device }));
  return {
    async run(pixels, images) {
      const pixel_values = new library.Tensor("float32", pixels, [images, ...manifest.inputShape]);
      const { logits } = (await model({ pixel_values })) as { logits: Transformers.Tensor };
      const data: unknown = logits.data;
      if (!(data instanceof Float32Array)) throw new Error("internal: transformers.js gave no floats");
      return data;
    },
    facts: { threads: wasm?.numThreads ?? 1 },
    close: async () => void (await model.dispose()),
  };
};
