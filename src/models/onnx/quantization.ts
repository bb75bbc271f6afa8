/** QuantizeLinear and DequantizeLinear on values of the network: the rounding becomes a quantizer of whoever reads the value. */
import type { Quantizer } from "../../graph/quantizer.ts";
import { constantOperand, operand } from "./operands.ts";
import type { Handler } from "./handler.ts";
import { activationQuantizer, sameQuantizer } from "./quantizers.ts";
import { broken, unsupported } from "./unsupported.ts";
import { shapeOf } from "./value.ts";

export const quantization: Readonly<Record<string, Handler>> = {
  QuantizeLinear: (node, [x, scale, zeroPoint]) => {
    const value = operand(node, x);
    if (value.kind !== "view" && value.kind !== "probabilities") throw unsupported(node, "rounds a value that is not finished");
    const zero = zeroPoint ? constantOperand(node, zeroPoint, "a zero point") : null;
    const quantizer = activationQuantizer(node, constantOperand(node, scale, "a scale"), zero);
    return { kind: "codes", of: value, quantizer, shape: shapeOf(value) };
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
  DequantizeLinear: (node, [x, scale, zeroPoint]) => {
    const value = operand(node, x);
    if (value.kind !== "codes") throw unsupported(node, "reads codes that no QuantizeLinear wrote");
    const zero = zeroPoint ? constantOperand(node, zeroPoint, "a zero point") : null;
    const stated = activationQuantizer(node, constantOperand(node, scale, "a scale"), zero);
    const { bits } = value.quantizer;
    if (!sameQuantizer({ ...stated, bits }, value.quantizer))
      throw broken(node, "codes are read with another scale than they were written with");
    const quantizer: Quantizer = value.quantizer;
    return { ...value.of, quantizer };
  },
};
