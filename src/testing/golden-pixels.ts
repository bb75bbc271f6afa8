import { seededNormal } from "../tensor/random.ts";
import { elementCount, tensor, type Shape, type Tensor } from "../tensor/tensor.ts";

/** Seeded standard normal images. */
export function normalImages(count: number, shape: Shape, seed: number): Tensor {
  const normal = seededNormal(seed);
  return tensor([count, ...shape], Float32Array.from({ length: count * elementCount(shape) }, normal));
}
