import { columnCount, readValue } from "./layout.ts";
import type { Plan } from "./plan.ts";
import type { Shape, Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";

/** A value of the plan as numbers: codes are decoded with their scale and zero point, or their table. Result: [images, ...shape]. */
export function decodeValue(plan: Plan, name: string, words: Uint32Array<ArrayBuffer>, shape: Shape): Tensor {
  const { layout, decoding } = plan.values[name];
  const numbers = readValue(layout, words, plan.images);
  if (decoding?.kind === "table") numbers.forEach((code, i) => (numbers[i] = decoding.levels[code]));
  if (decoding?.kind === "uniform") {
    const columns = columnCount(layout);
    const perSection = columns / decoding.scale.length;
    numbers.forEach((code, i) => {
      const section = Math.floor((i % columns) / perSection);
      numbers[i] = (code - decoding.zeroPoint[section]) * decoding.scale[section];
    });
  }
  return tensor([plan.images, ...shape], numbers);
}
