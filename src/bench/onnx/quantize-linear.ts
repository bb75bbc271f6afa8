/** QuantizeLinear and DequantizeLinear from our quantizers, so that the peer computes on the same integers. */
import type { Quantizer } from "../../graph/quantizer.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { OnnxBuilder } from "./onnx-builder.ts";
import type { Operand } from "./operand.ts";

/** An activation through its grid: u8 codes of one scale and zero point, and back to float. */
export function quantizedValue(builder: OnnxBuilder, { value, move }: Operand, quantizer: Quantizer, name: string): string {
  checkUniform(quantizer, name);
  if (quantizer.scale.length !== 1) throw notWritable(name, "its grid differs between channels or heads");
  const scale = builder.scalar(`${name}.scale`, quantizer.scale[0]);
  const zero = builder.constant({ name: `${name}.zero`, type: "uint8", shape: [], data: Uint8Array.of(zeroOf(quantizer, 0, name)) });
  const codes = builder.node("QuantizeLinear", [value, scale, zero], `${name}.codes`);
  return builder.node("DequantizeLinear", [move(codes), scale, zero], `${name}.rounded`);
}

/**
 * Weight codes with a scale and zero point per output channel: `axis` of `shape` counts them. They stay u8: with int8 weights onnxruntime's CPU kernels
 * add pairs of products in 16 bits that saturate where a processor has AVX2 and no VNNI (its documentation says so; here the logits were 9 % off).
 */
export function dequantizedWeight(
  builder: OnnxBuilder,
  name: string,
  codes: Uint8Array,
  shape: readonly number[],
  axis: number,
  quantizer: Quantizer,
): string {
  checkUniform(quantizer, name);
  const entries = shape[axis];
  if (quantizer.scale.length !== entries) throw notWritable(`${name}.weight`, "its grid is not one per output channel");
  const zeros = Uint8Array.from({ length: entries }, (_, entry) => zeroOf(quantizer, entry, `${name}.weight`));
  const inputs = [
    builder.constant({ name: `${name}.weight`, type: "uint8", shape, data: codes }),
    builder.constant({ name: `${name}.weight_scale`, type: "float", shape: [entries], data: quantizer.scale }),
    builder.constant({ name: `${name}.weight_zero`, type: "uint8", shape: [entries], data: zeros }),
  ];
  return builder.node("DequantizeLinear", inputs, `${name}.weight_rounded`, { axis });
}

function checkUniform({ scheme, bits }: Quantizer, name: string): void {
  if (scheme !== "uniform" || bits !== 8) throw notWritable(name, `it is quantized to ${bits} bits, ${scheme}`);
}

/** ONNX keeps zero points in the codes' own eight bits; ours may lie outside. */
function zeroOf({ zeroPoint }: Quantizer, entry: number, name: string): number {
  const zero = zeroPoint[entry];
  if (zero < 0 || zero > 255) throw notWritable(name, `its zero point is ${zero}`);
  return zero;
}

function notWritable(name: string, why: string): InputError {
  return new InputError("ONNX_NOT_WRITABLE", {
    what: `${name} cannot be written as QuantizeLinear of eight bits.`,
    why: `Here ${why}.`,
    next: "This variant is left out of the benchmark; the others are measured.",
  });
}
