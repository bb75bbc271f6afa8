import { columnCount, readValue, stride4, type Layout } from "./layout.ts";
import type { Plan } from "./plan.ts";
import type { Shape, Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";

/** A value of the plan as numbers: codes are decoded with their scale and zero point, their table or what stands behind their rows. Result: [images, ...shape]. */
export function decodeValue(plan: Plan, name: string, words: Uint32Array<ArrayBuffer>, shape: Shape): Tensor {
  const { layout, decoding } = plan.values[name];
  const numbers = readValue(layout, words, plan.images);
  if (decoding?.kind === "table") numbers.forEach((code, i) => (numbers[i] = decoding.levels[code]));
  if (decoding?.kind === "uniform") {
    const columns = columnCount(layout);
    const { rows, scale, zeroPoint } = decoding;
    const run = (columns * rows) / scale.length;
    numbers.forEach((code, i) => {
      const entry = Math.floor(i / run) % scale.length;
      numbers[i] = (code - zeroPoint[entry]) * scale[entry];
    });
  }
  if (decoding?.kind === "demax") decodeRows(numbers, layout, words);
  return tensor([plan.images, ...shape], numbers);
}

/** Behind the codes of a row stand its scale, its maximum and the index of that: shaders/softmax-demax.wgsl. */
function decodeRows(numbers: Float32Array, layout: Layout, words: Uint32Array<ArrayBuffer>): void {
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  const columns = columnCount(layout);
  const stride = stride4(layout);
  for (let row = 0; row * columns < numbers.length; row++) {
    const end = (row + 1) * stride - (layout.rowWords ?? 0);
    for (let c = 0; c < columns; c++) numbers[row * columns + c] *= floats[end];
    numbers[row * columns + words[end + 2]] = floats[end + 1];
  }
}
