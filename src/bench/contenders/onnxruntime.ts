import type * as Ort from "onnxruntime-web";
import { ONNX_INPUT, ONNX_OUTPUT } from "../onnx/vit-to-onnx.ts";
import { LeftOut, type OpenContender, type Peer } from "./contender.ts";

/** onnxruntime in a page (webgpu, wasm) or in Node (cpu, webgpu): one interface for both. */
export const openOnnxRuntime: OpenContender = async (info, manifest, host, phase) => {
  const path = info.onnx === null ? undefined : manifest.onnx[info.onnx];
  if (path === undefined) throw new LeftOut(manifest.absent[`onnx ${info.onnx}`] ?? `the model has no ONNX file in ${info.precision}`);
  const inNode = info.runtime === "onnxruntime-node";
  const peer: Peer = inNode ? "ort-node" : info.provider === "webgpu" ? "ort-webgpu" : "ort-wasm";
  const ort = await phase("runtime", async () => (await host.importPeer(peer)) as typeof Ort);
  if (!inNode) {
    ort.env.wasm.wasmPaths = host.urls.ortWasm;
    if (host.threads !== null) ort.env.wasm.numThreads = host.threads;
  }
  const bytes = await phase("read", () => host.read(manifest.key, path));
  const session = await phase("create", () =>
    ort.InferenceSession.create(bytes, {
      executionProviders: [info.provider],
      graphOptimizationLevel: "all",
      ...(inNode && host.threads !== null ? { intraOpNumThreads: host.threads } : {}),
    }),
  );
  return {
    async run(pixels, images) {
      const input = new ort.Tensor("float32", pixels, [images, ...manifest.inputShape]);
      const output = (await session.run({ [ONNX_INPUT]: input }))[ONNX_OUTPUT];
      const data = await output.getData();
      if (!(data instanceof Float32Array)) throw new Error("internal: onnxruntime gave no floats");
      return data;
    },
    // Web sessions settle the number of threads while they are created.
    facts: inNode ? {} : { threads: ort.env.wasm.numThreads ?? 1, asked: info.provider },
    close: () => session.release(),
  };
};
