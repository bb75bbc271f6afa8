/** Checkpoints of other authors, as they published them, and the accuracy that PyTorch measured on the same pixels (../shared/data/README.md). */
import { expect, test } from "vitest";
import { openNpz } from "../formats/npz.ts";
import { top1Accuracy } from "../metrics/top1-accuracy.ts";
import { textSource } from "../testing/raw-files.ts";
import { sharedSource } from "../testing/shared-files.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { openModel } from "./open-model.ts";
import { createWasmSession } from "./session.ts";

interface Checkpoint {
  readonly file: string;
  /** What its author's code fixes and no file states. */
  readonly config: object;
  readonly normalise: (value: number) => number;
  /** Percent of the 1017 test images. */
  readonly accuracy: number;
}

const checkpoints: readonly Checkpoint[] = [
  { file: "zlwu00_vit48_cifar10.pt", config: { num_heads: 4 }, normalise: (x) => (x / 255 - 0.5) / 0.5, accuracy: 75.61 },
  { file: "ashu_vit_model.pth", config: { num_heads: 4 }, normalise: (x) => x / 255, accuracy: 56.64 },
];

test.each(checkpoints)("$file opens as it is and predicts what PyTorch does", async ({ file, config, normalise, accuracy }) => {
  const { build } = await openModel([sharedSource(`data/checkpoints/${file}`, file), textSource(JSON.stringify(config), "config.json")]);
  const data = await openNpz(sharedSource("data/cifar10/lossless.npz", "lossless.npz"));
  const labels = (await data.readIntegers("test_labels")).data;
  const images = normalised((await data.readIntegers("test_images")).data, normalise);
  const session = createWasmSession(await build(), "float");
  const { logits } = await session.run(images);
  session.destroy();
  expect(100 * top1Accuracy.measure(logits, logits, labels)).toBeCloseTo(accuracy, 2);
});

/** [N,3,32,32], rounded to f32 at each step as the authors' programs do. */
function normalised(pixels: ArrayLike<number>, normalise: (value: number) => number): Tensor {
  const data = Float32Array.from(pixels, normalise);
  return tensor([data.length / (3 * 32 * 32), 3, 32, 32], data);
}
