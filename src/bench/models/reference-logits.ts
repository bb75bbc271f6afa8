/** The logits everybody is compared with: onnxruntime on the CPU in float where it is installed, our float64 reference otherwise. */
import { existsSync } from "node:fs";
import { outputName, type Graph } from "../../graph/graph.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { elementCount, tensor, type Tensor } from "../../tensor/tensor.ts";
import { ONNX_INPUT, ONNX_OUTPUT } from "../onnx/vit-to-onnx.ts";

/** Our reference takes seconds an image, so it computes the first ones only. */
const SLOW_IMAGES = 1;

export async function computeReference(graph: Graph, images: Tensor, onnxPath: string): Promise<{ by: string; logits: Float32Array }> {
  const ort = existsSync(onnxPath) ? await import("onnxruntime-node").catch(() => null) : null;
  const [count, ...shape] = images.shape;
  const perImage = elementCount(shape);
  const piece = (start: number, end: number) => tensor([end - start, ...shape], images.data.slice(start * perImage, end * perImage));
  if (ort === null) {
    const few = Math.min(SLOW_IMAGES, count);
    return { by: "float64 reference of this project", logits: runGraph(graph, piece(0, few)).output.data };
  }
  const session = await ort.InferenceSession.create(onnxPath, { executionProviders: ["cpu"] });
  const classes = elementCount(graph.shapes[outputName(graph)]);
  const logits = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) {
    const feeds = { [ONNX_INPUT]: new ort.Tensor("float32", piece(i, i + 1).data, [1, ...shape]) };
    const data = (await session.run(feeds))[ONNX_OUTPUT].data;
    if (!(data instanceof Float32Array)) throw new Error("internal: onnxruntime-node gave no floats");
    logits.set(data, i * classes);
  }
  await session.release();
  return { by: "onnxruntime-node on the CPU, float", logits };
}
