import type { Quantizer } from "../../graph/quantizer.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { schemeOf } from "./index.ts";
import { runLength } from "./run-length.ts";

/** Integer codes of a whole tensor, for packing. Throws when the quantizer's codes are fractional or do not fit eight bits (some as-published ones). */
export function encodeTensor(x: Tensor, quantizer: Quantizer): Tensor<"u8"> {
  const scheme = schemeOf(quantizer);
  const data = scheme.encode?.(x, quantizer);
  if (data) return { dtype: "u8", shape: x.shape, data };
  const codes = new Uint8Array(x.data.length);
  const entries = quantizer.scale.length;
  const run = runLength(quantizer, x.shape, codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = scheme.quantize(x.data[i], quantizer, Math.floor(i / run) % entries);
    codes[i] = code;
    if (codes[i] !== code) throw new Error(`internal: ${scheme.name} code ${code} is not an integer of eight bits`);
  }
  return { dtype: "u8", shape: x.shape, data: codes };
}
