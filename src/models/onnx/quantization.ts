/** QuantizeLinear and DequantizeLinear on values of the network: the rounding becomes a quantizer of whoever reads the value. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { sameQuantizer, uniformQuantizer } from "../quantizer-rows.ts";
import { integerAttribute, numberAttribute, textAttribute } from "./attributes.ts";
import { statedCodeType } from "./fold-quantization.ts";
import { constantOperand, operand } from "./operands.ts";
import type { Handler } from "./handler.ts";
import { activationQuantizer } from "./quantizers.ts";
import { broken, unsupported } from "./unsupported.ts";
import { shapeOf, type Scores, type Value, type View } from "./value.ts";

export const quantization: Readonly<Record<string, Handler>> = {
  QuantizeLinear: (node, [x, scale, zeroPoint]) => {
    const value = roundable(node, x);
    const zero = zeroPoint ? constantOperand(node, zeroPoint, "a zero point") : null;
    const type = statedCodeType(node);
    const quantizer = activationQuantizer(node, constantOperand(node, scale, "a scale"), zero, type);
    return { kind: "codes", of: value, quantizer, type: zero?.type ?? type, shape: shapeOf(value) };
  },
  // Codes of fewer bits than their type: an exporter clips them.
  Clip: (node, [x, low, high]) => {
    const value = operand(node, x);
    if (value.kind !== "codes") throw unsupported(node, "clips a value of the network");
    const [least, most] = [low, high].map((bound) => (bound ? constantOperand(node, bound, "a bound").values()[0] : 0));
    const bits = Math.log2(most + 1);
    if (least !== 0 || !Number.isInteger(bits) || bits < 1 || bits > value.quantizer.bits)
      throw unsupported(node, `clips codes to ${least} ... ${most}`);
    return { ...value, quantizer: { ...value.quantizer, bits } };
  },
  // Our own exports: uniform codes whose zero point no type holds, and codebooks.
  "vitrine.Uniform": (node, [x, scale, zero]) => {
    const value = roundable(node, x);
    const steps = constantOperand(node, scale, "a scale");
    const axis = steps.shape.length === 2 ? -2 : -1;
    const zeros = Float32Array.from(constantOperand(node, zero, "a zero point").values());
    return { ...value, quantizer: uniformQuantizer(bitsOf(node), Float32Array.from(steps.values()), zeros, axis) };
  },
  "vitrine.Codebook": (node, [x]) => ({ ...roundable(node, x), quantizer: codebookQuantizer(node) }),
  DequantizeLinear: (node, [x, scale, zeroPoint]) => {
    const value = operand(node, x);
    if (value.kind !== "codes") throw unsupported(node, "reads codes that no QuantizeLinear wrote");
    const zero = zeroPoint ? constantOperand(node, zeroPoint, "a zero point") : null;
    const stated = activationQuantizer(node, constantOperand(node, scale, "a scale"), zero, value.type);
    const { bits } = value.quantizer;
    if (!sameQuantizer({ ...stated, bits }, value.quantizer))
      throw broken(node, "codes are read with another scale than they were written with");
    const quantizer: Quantizer = value.quantizer;
    return { ...value.of, quantizer };
  },
};

function roundable(node: OnnxNode, x: Value | null): View | Scores {
  const value = operand(node, x);
  if (value.kind === "view" || value.kind === "probabilities") return value;
  throw unsupported(node, "rounds a value that is not finished");
}

function bitsOf(node: OnnxNode): number {
  const bits = integerAttribute(node, "bits", 0);
  if (bits < 1 || bits > 8) throw broken(node, `are codes of ${bits} bits`);
  return bits;
}

/** The quantizer that a codebook's tables were made of. Schemes are checked by those who run it. */
function codebookQuantizer(node: OnnxNode): Quantizer {
  const scale = numberAttribute(node, "scale", 0);
  const zeros = json(node, "zero_points");
  const parameters = json(node, "parameters");
  const levels = textAttribute(node, "levels", "strict");
  const isSound =
    scale > 0 &&
    Array.isArray(zeros) &&
    zeros.length <= 1 &&
    zeros.every(Number.isFinite) &&
    (parameters === null || isNumbers(parameters));
  if (!isSound || (levels !== "strict" && levels !== "as-published")) throw broken(node, "is a codebook without sound parameters");
  const quantizer = {
    scheme: textAttribute(node, "scheme", ""),
    bits: bitsOf(node),
    levels: levels as Quantizer["levels"],
    scale: Float32Array.of(scale),
    zeroPoint: Float32Array.from(zeros as number[]),
    axis: null,
  };
  return parameters === null ? quantizer : { ...quantizer, parameters };
}

function json(node: OnnxNode, name: string): unknown {
  try {
    return JSON.parse(textAttribute(node, name, "null"));
  } catch {
    throw broken(node, `is no JSON in the attribute ${name}`);
  }
}

function isNumbers(value: unknown): value is Readonly<Record<string, number>> {
  return typeof value === "object" && value !== null && Object.values(value).every((item) => typeof item === "number");
}
