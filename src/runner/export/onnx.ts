/** Export: ONNX in f32, and with the quantizers as QuantizeLinear and DequantizeLinear (QDQ). */
import { withoutQuantizers } from "../open-model.ts";
import { isUniform } from "../pack-weights.ts";
import type { Graph } from "../../graph/graph.ts";
import { checkExport } from "./check-export.ts";
import { fileStem, type ExportFormat } from "./export-format.ts";
import { roundedWeight, storedWeightBits } from "./onnx-quantizers.ts";
import { codeBytes, payloadBytes } from "./payload.ts";
import { onnxGraph, writeOnnx } from "./write-onnx.ts";

/** LayerNormalization is an operator since opset 17. */
const FLOAT_OPSET = 17;
/** Four-bit types and blocks. */
const FOUR_BIT_OPSET = 21;

export const onnxFloat: ExportFormat = {
  name: "onnx",
  label: "ONNX, f32",
  summary: "any ONNX runtime; of a quantized model the weights on their levels, nothing rounded on the way",
  async write({ graph, card, request }) {
    const float = withoutQuantizers(withRoundedWeights(onnxGraph(graph)));
    const { bytes } = writeOnnx(float, FLOAT_OPSET);
    const files = [{ name: `${fileStem({ card, request })}.onnx`, bytes }];
    const notes = request ? ["Activations are not rounded in this file: it holds the weights' levels only."] : [];
    return { files, payloadBytes: payloadBytes(float, (_q, n, k) => 4 * n * k), check: await checkExport(files, float), notes };
  },
};

export const onnxQdq: ExportFormat = {
  name: "onnx-qdq",
  label: "ONNX, QDQ",
  summary:
    "onnxruntime and compilers that read QuantizeLinear and DequantizeLinear: 8-bit codes (opset 17), up to 4-bit ones packed (opset 21)",
  async write({ graph: given, card, request }) {
    const graph = onnxGraph(given);
    const opset = needsFourBits(graph) ? FOUR_BIT_OPSET : FLOAT_OPSET;
    const { bytes, model } = writeOnnx(graph, opset);
    const files = [{ name: `${fileStem({ card, request })}.onnx`, bytes }];
    const own = (model.functions ?? []).map(({ name }) => name);
    const notes = own.length > 0 ? [`Quantizers that ONNX has no operator for are functions inside the file: ${own.join(", ")}.`] : [];
    if (opset >= FOUR_BIT_OPSET) notes.push(runtimeNote);
    const weightBytes = payloadBytes(graph, (quantizer, n, k) => {
      if (!quantizer || !isUniform(quantizer)) return 4 * n * k;
      const bits = opset >= FOUR_BIT_OPSET ? storedWeightBits(quantizer) : 8;
      return codeBytes(quantizer, n * k, bits, bits);
    });
    return { files, payloadBytes: weightBytes, check: await checkExport(files, graph), notes };
  },
};

const runtimeNote =
  "By default onnxruntime rounds activations to int8 once more before it multiplies with 4-bit weights, which moves logits; the session option " +
  "session.qdq_matmulnbits_accuracy_level = 1 keeps them.";

function needsFourBits(graph: Graph): boolean {
  return graph.nodes.some(({ weights, quantizers }) => {
    const quantizer = quantizers?.weight;
    return quantizer && (quantizer.bits <= 4 || quantizer.scale.length > weights.weight.shape[0]);
  });
}

export function withRoundedWeights(graph: Graph): Graph {
  const nodes = graph.nodes.map((node) =>
    node.quantizers?.weight
      ? { ...node, weights: { ...node.weights, weight: roundedWeight(node.weights.weight, node.quantizers.weight) } }
      : node,
  );
  return { ...graph, nodes };
}
