import { InputError } from "../tensor/input-error.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** Images as the model wants them, produced when asked for, so that thousands need not be held at once. */
export interface ImageSource {
  readonly count: number;
  /** Images [start, end): [end - start, C, H, W], normalised f32. */
  batch(start: number, end: number): Promise<Tensor>;
}

/** A source over one tensor in memory. Throws InputError INPUTS_SHAPE when it does not fit the model. */
export function tensorSource(images: Tensor, inputShape: readonly number[], name: string): ImageSource {
  const [count, ...shape] = images.shape;
  if (shape.length !== 3 || shape.some((size, axis) => size !== inputShape[axis])) {
    throw new InputError("INPUTS_SHAPE", {
      what: `"${name}" has the shape [${images.shape.join(",")}].`,
      why: `The model reads [N,${inputShape.join(",")}].`,
      next: "Give normalised f32 images of that shape, or image files, which are resized for you.",
    });
  }
  const bad = images.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new InputError("INPUTS_NOT_FINITE", {
      what: `"${name}" contains ${images.data[bad]} at element ${bad}.`,
      why: "Nothing can be computed from it.",
      next: "Check how the images were normalised.",
    });
  }
  const perImage = images.data.length / Math.max(1, count);
  return {
    count,
    batch: (start, end) => Promise.resolve(tensor([end - start, ...shape], images.data.slice(start * perImage, end * perImage))),
  };
}
