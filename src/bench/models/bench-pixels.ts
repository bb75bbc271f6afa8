import { seededNormal } from "../../tensor/random.ts";
import { elementCount, tensor, type Shape, type Tensor } from "../../tensor/tensor.ts";

const PIXEL_SEED = 2;

/** The images that everybody runs, [images,C,H,W]: seeded standard normal, made where they are run; the first of many is the one of batch 1. */
export function benchPixels(images: number, inputShape: Shape, seed: number = PIXEL_SEED): Tensor {
  const shape = [images, ...inputShape];
  return tensor(shape, Float32Array.from({ length: elementCount(shape) }, seededNormal(seed)));
}
