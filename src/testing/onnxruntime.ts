/** onnxruntime on the CPU: an independent judge of ONNX files. */
import ort from "onnxruntime-node";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Logits of images [B,C,H,W], with all of the runtime's graph rewriting but one: by default it multiplies 4-bit weights behind a DequantizeLinear with
 * activations that it rounds to int8 by itself (accuracy level 4), which is another model; level 1 multiplies in f32.
 */
export async function runOnnx(bytes: Uint8Array<ArrayBuffer>, images: Tensor): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(bytes, {
    graphOptimizationLevel: "all",
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { qdq_matmulnbits_accuracy_level: "1" } },
  });
  const outputs = await session.run({ [session.inputNames[0]]: new ort.Tensor("float32", images.data, images.shape) });
  const logits = outputs[session.outputNames[0]].data;
  await session.release();
  return logits as Float32Array;
}
