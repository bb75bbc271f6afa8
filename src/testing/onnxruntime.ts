/** onnxruntime on the CPU: an independent judge of ONNX files. */
import ort from "onnxruntime-node";
import type { Tensor } from "../tensor/tensor.ts";

/** Logits of images [B,C,H,W]. `plain`: without graph rewriting, as far as the runtime allows. */
export async function runOnnx(bytes: Uint8Array<ArrayBuffer>, images: Tensor, plain = false): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(bytes, {
    graphOptimizationLevel: plain ? "disabled" : "all",
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const outputs = await session.run({ [session.inputNames[0]]: new ort.Tensor("float32", images.data, images.shape) });
  const logits = outputs[session.outputNames[0]].data;
  await session.release();
  return logits as Float32Array;
}
