/** com.microsoft.MatMulNBits: products with weights of 2, 4 or 8 bits that lie packed in blocks along K. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { elementCount, tensor } from "../../tensor/tensor.ts";
import { uniformQuantizer } from "../quantizer-rows.ts";
import { integerAttribute } from "./attributes.ts";
import { asTensor, isFloat, type Constant } from "./constant.ts";
import type { Handler } from "./handler.ts";
import { constantOperand, viewOperand } from "./operands.ts";
import { linear, type Weight } from "./product.ts";
import { broken, unsupported } from "./unsupported.ts";

export const packedWeights: Readonly<Record<string, Handler>> = {
  "com.microsoft.MatMulNBits": (node, [x, codes, scales, zeros, order, bias], trace) => {
    if (order) throw unsupported(node, "keeps its inputs in another order (g_idx)");
    const weight = packedWeight(
      node,
      constantOperand(node, codes, "codes"),
      constantOperand(node, scales, "scales"),
      zeros ? constantOperand(node, zeros, "zero points") : null,
    );
    const vector = bias ? constantOperand(node, bias, "a bias") : null;
    return linear(node, viewOperand(node, x), weight, vector && (() => asTensor(vector)), trace);
  },
};

/** Codes [N, blocks, blockSize * bits / 8], lowest bits first. */
function packedWeight(node: OnnxNode, codes: Constant, scales: Constant, zeros: Constant | null): Weight {
  const [n, k, bits, size] = ["N", "K", "bits", "block_size"].map((name) => integerAttribute(node, name, name === "bits" ? 4 : 0));
  const blocks = Math.ceil(k / size);
  const isSound = [2, 4, 8].includes(bits) && size >= 16 && n > 0 && k > 0;
  if (!isSound || elementCount(codes.shape) !== (n * blocks * size * bits) / 8 || elementCount(scales.shape) !== n * blocks) {
    throw broken(node, `are [${codes.shape.join(",")}] codes of ${bits} bits for ${n} x ${k} weights in blocks of ${size}`);
  }
  const zeroOf = zeroPoints(node, zeros, n, blocks, bits);
  const data = () => {
    const [bytes, scale] = [codes.values(), scales.values()];
    const out = new Float32Array(n * k);
    const perByte = 8 / bits;
    for (let i = 0; i < out.length; i++) {
      const [row, column] = [Math.floor(i / k), i % k];
      const at = row * blocks * size + column;
      const code = (bytes[Math.floor(at / perByte)] >> (bits * (at % perByte))) & (2 ** bits - 1);
      const block = row * blocks + Math.floor(column / size);
      out[i] = Math.fround(code - zeroOf(block)) * scale[block];
    }
    return tensor([n, k], out);
  };
  return { shape: [n, k], data, quantizer: () => blockQuantizer(scales, zeroOf, n, k, blocks, size, bits) };
}

/** Packed like the codes and padded to whole bytes in each row, or plain floats; absent: the middle code. */
function zeroPoints(node: OnnxNode, zeros: Constant | null, n: number, blocks: number, bits: number): (block: number) => number {
  if (!zeros) return () => 2 ** (bits - 1);
  const count = elementCount(zeros.shape);
  if (isFloat(zeros)) {
    if (count !== n * blocks) throw broken(node, `are ${count} zero points for ${n * blocks} blocks`);
    return (block) => zeros.values()[block];
  }
  const rowBytes = Math.ceil((blocks * bits) / 8);
  if (count !== n * rowBytes) throw broken(node, `are ${count} bytes of zero points for ${n} rows of ${blocks} blocks`);
  return (block) => {
    const bit = (block % blocks) * bits;
    return (zeros.values()[Math.floor(block / blocks) * rowBytes + (bit >> 3)] >> (bit & 7)) & (2 ** bits - 1);
  };
}

/** One entry a row where its blocks agree; null where blocks do not part K evenly. */
function blockQuantizer(
  scales: Constant,
  zeroOf: (block: number) => number,
  n: number,
  k: number,
  blocks: number,
  size: number,
  bits: number,
): Quantizer | null {
  const scale = Float32Array.from(scales.values());
  const zero = Float32Array.from(scale, (_, block) => zeroOf(block));
  if (!scale.every((value) => value > 0 && Number.isFinite(value))) return null;
  const agree = scale.every((value, i) => value === scale[i - (i % blocks)] && zero[i] === zero[i - (i % blocks)]);
  if (!agree) return k % size === 0 ? uniformQuantizer(bits, scale, zero, 0) : null;
  const firstOf = (values: Float32Array<ArrayBuffer>) => values.filter((_, i) => i % blocks === 0);
  const quantizer = uniformQuantizer(bits, firstOf(scale), firstOf(zero), 0);
  return n === 1 ? { ...quantizer, axis: null } : quantizer;
}
