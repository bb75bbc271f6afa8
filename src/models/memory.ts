/** Bytes of a model's parameters at each precision: what a card can say before anything is quantized. */
import { elementCount, type Shape } from "../tensor/tensor.ts";
import type { ModelCard } from "./config.ts";

/** One quantized Linear layer stores a scale and a zero point (f32) for each output channel. */
const bytesPerChannel = 8;

/** `shapes`: our tensor names -> shapes. Weights of Linear layers shrink; biases, norms and embeddings stay f32. */
export function memoryOf(shapes: ReadonlyMap<string, Shape>): ModelCard["memory"] {
  let floatBytes = 0;
  let int8Bytes = 0;
  let int4Bytes = 0;
  for (const [name, shape] of shapes) {
    const count = elementCount(shape);
    floatBytes += 4 * count;
    if (!isLinearWeight(name)) {
      int8Bytes += 4 * count;
      int4Bytes += 4 * count;
      continue;
    }
    const channels = shape[0];
    const rowElements = count / channels;
    int8Bytes += channels * (rowElements + bytesPerChannel);
    int4Bytes += channels * (Math.ceil(rowElements / 2) + bytesPerChannel);
  }
  return { floatBytes, int8Bytes, int4Bytes };
}

function isLinearWeight(name: string): boolean {
  return /(^|\.)(proj|qkv|q|k|v|fc1|fc2|reduction|head|head_dist|conv|conv_1x1)\.weight$/.test(name);
}
