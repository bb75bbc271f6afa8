/**
 * Export: ONNX with com.microsoft.MatMulNBits, the form in which onnxruntime (also on WebGPU) multiplies with weights of few bits.
 * Codes lie row by row in blocks along K, padded to whole blocks; every block has a scale and a zero point of its own, which repeat where ours are per row.
 * Activations that the model rounds are rounded before the product.
 */
import type { Graph, Node } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { encodeTensor } from "../../quant/schemes/encode.ts";
import { packBits } from "../../tensor/packing.ts";
import { isUniform } from "../pack-weights.ts";
import { checkExport } from "./check-export.ts";
import { exportUnsupported, fileStem, type ExportFormat } from "./export-format.ts";
import type { OnnxLowering } from "./onnx-lowering.ts";
import { plainProduct } from "./onnx-nodes.ts";
import { storedWeightBits } from "./onnx-quantizers.ts";
import { codeBytes, payloadBytes } from "./payload.ts";
import { onnxGraph, writeOnnx } from "./write-onnx.ts";

const OPSET = 21;
const LARGEST_BLOCK = 256;

export const onnxNBits: ExportFormat = {
  name: "onnx-nbits",
  label: "ONNX, MatMulNBits",
  summary: "onnxruntime and transformers.js: weights of 4 or 8 bits that stay packed while they are multiplied",
  async write({ graph: given, card, request }) {
    const graph = onnxGraph(given);
    if (!graph.nodes.some(takesNBits)) throw exportUnsupported("MatMulNBits", "weights in f32: quantize the model first");
    const { bytes } = writeOnnx(graph, OPSET, productNBits);
    const files = [{ name: `${fileStem({ card, request })}-nbits.onnx`, bytes }];
    const promised = payloadBytes(graph, (quantizer, n, k, op) => {
      if (!quantizer || !isUniform(quantizer)) return 4 * n * k;
      const bits = storedWeightBits(quantizer);
      return op === "Gemm" ? blockBytes(quantizer, n, k) : codeBytes(quantizer, n * k, bits, bits);
    });
    return { files, payloadBytes: promised + embeddingDifference(graph), check: await checkExport(files, graph), notes: [] };
  },
};

function takesNBits({ op, quantizers }: Node): boolean {
  return op === "Gemm" && quantizers?.weight !== undefined && isUniform(quantizers.weight) && zeroPointsFit(quantizers.weight);
}

function zeroPointsFit(quantizer: Quantizer): boolean {
  const most = 2 ** storedWeightBits(quantizer) - 1;
  return quantizer.zeroPoint.every((zero) => Number.isInteger(zero) && zero >= 0 && zero <= most);
}

/** A power of two, at least 16 and at most 256, that covers a row or divides a group. */
function blockOf(quantizer: Quantizer, n: number, k: number): number {
  const group = k / Math.max(1, quantizer.scale.length / n);
  if (group < k) {
    if (group >= 16 && group <= LARGEST_BLOCK && Number.isInteger(Math.log2(group))) return group;
    throw exportUnsupported("MatMulNBits", `groups of ${group} inputs, which are no power of two from 16 to ${LARGEST_BLOCK}`);
  }
  return Math.min(LARGEST_BLOCK, Math.max(16, 2 ** Math.ceil(Math.log2(k))));
}

function blockBytes(quantizer: Quantizer, n: number, k: number): number {
  const bits = storedWeightBits(quantizer);
  const size = blockOf(quantizer, n, k);
  const blocks = Math.ceil(k / size);
  return n * (blocks * ((size * bits) / 8) + 4 * blocks + Math.ceil((blocks * bits) / 8));
}

/** The patch embedding is a convolution in the file: its weight is stored as QDQ stores it. */
function embeddingDifference(graph: Graph): number {
  const patches = graph.nodes.find(({ op }) => op === "Patchify");
  const embedding = graph.nodes.find(({ op, inputs }) => op === "Gemm" && inputs[0] === patches?.name);
  const quantizer = embedding?.quantizers?.weight;
  if (!embedding || !quantizer || !isUniform(quantizer)) return 0;
  const [n, k] = embedding.weights.weight.shape;
  const bits = storedWeightBits(quantizer);
  const entries = quantizer.scale.length;
  return Math.ceil((n * k * bits) / 8) + 4 * entries + Math.ceil((entries * bits) / 8) - blockBytes(quantizer, n, k);
}

function productNBits(lowering: OnnxLowering, node: Node, input: string): string {
  if (!takesNBits(node)) return plainProduct(lowering, node, input);
  const { builder } = lowering;
  const { weight, bias } = node.weights;
  const quantizer = node.quantizers?.weight;
  if (!quantizer) throw new Error(`internal: ${node.name} has no quantizer of its weight`);
  const [n, k] = weight.shape;
  const bits = storedWeightBits(quantizer);
  const size = blockOf(quantizer, n, k);
  const blocks = Math.ceil(k / size);
  const codes = encodeTensor(weight, quantizer).data;
  const padded = new Uint8Array(n * blocks * size);
  for (let row = 0; row < n; row++) padded.set(codes.subarray(row * k, (row + 1) * k), row * blocks * size);
  const entry = (row: number, block: number) => Math.floor(((row * blocks + block) * quantizer.scale.length) / (n * blocks));
  const scales = Float32Array.from({ length: n * blocks }, (_, i) => quantizer.scale[entry(Math.floor(i / blocks), i % blocks)]);
  // Each row's zero points are packed and padded to whole bytes.
  const rowBytes = Math.ceil((blocks * bits) / 8);
  const zeros = new Uint8Array(n * rowBytes);
  for (let row = 0; row < n; row++) {
    const own = Uint8Array.from({ length: blocks }, (_, block) => quantizer.zeroPoint[entry(row, block)]);
    zeros.set(packBits(own, bits), row * rowBytes);
  }
  const name = `${node.name}.weight`;
  const inputs = [
    input,
    builder.tensor(`${name}_quantized`, "uint8", [n, blocks, (size * bits) / 8], packBits(padded, bits)),
    builder.tensor(`${name}_scale`, "float", [n * blocks], scales),
    builder.tensor(`${name}_zero_point`, "uint8", [n * rowBytes], zeros),
  ];
  const product = builder.op(
    "MatMulNBits",
    inputs,
    bias ? `${node.name}.product` : node.name,
    { K: k, N: n, bits, block_size: size },
    "com.microsoft",
  );
  if (!bias) return product;
  return builder.op("Add", [product, builder.tensor(`${node.name}.bias`, "float", bias.shape, bias.data)], node.name);
}
