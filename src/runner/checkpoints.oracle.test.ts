/** Checkpoints of other authors, as they published them, and the accuracy that PyTorch measured on the same pixels (../shared/data/README.md). */
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { openNpz } from "../formats/npz.ts";
import { top1Accuracy } from "../metrics/top1-accuracy.ts";
import { textSource } from "../testing/raw-files.ts";
import { sharedBytes, sharedSource } from "../testing/shared-files.ts";
import { roundTiesToEven } from "../tensor/rounding.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { openModel } from "./open-model.ts";
import { createWasmSession } from "./session.ts";

interface Checkpoint {
  readonly file: string;
  /** What its author's code fixes and no file states. */
  readonly config: object;
  /** PyTorch classifies so many of the images right. */
  readonly correct: number;
}

const half = (value: number) => (value / 255 - 0.5) / 0.5;
const digit = (value: number) => (value / 255 - 0.1307) / 0.3081;
const colour = (mean: readonly number[], std: readonly number[]) => (value: number, channel: number) =>
  (value / 255 - mean[channel]) / std[channel];

/** The 1017 images of cifar10/lossless.npz: 75.61 %, 56.64 % and 70.89 % in the table. */
const cifar: readonly (Checkpoint & { readonly normalise: Normalise })[] = [
  { file: "zlwu00_vit48_cifar10.pt", config: { num_heads: 4 }, normalise: half, correct: 769 },
  { file: "ashu_vit_model.pth", config: { num_heads: 4 }, normalise: (value) => value / 255, correct: 576 },
  {
    file: "smmk47_vit_cifar10.pth",
    config: { num_heads: 8 },
    normalise: colour([0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.201]),
    correct: 721,
  },
];

/** The first 1000 digits; all 10,000 give the table's 97.21 % and 96.88 %, but take ten times as long. */
const mnist: readonly Checkpoint[] = [
  { file: "researchase_vit_mnist_gpu.pt", config: { hidden_act: "relu" }, correct: 965 },
  { file: "gaurav_vit_mnist.pth", config: { num_heads: 8 }, correct: 973 },
];

test.each(cifar)("$file on CIFAR-10", async ({ normalise, ...checkpoint }) => {
  const data = await openNpz(sharedSource("data/cifar10/lossless.npz", "lossless.npz"));
  const images = await data.readIntegers("test_images");
  const labels = await data.readIntegers("test_labels");
  await expectCorrect(checkpoint, tensorOf(images.data, [labels.data.length, 3, 32, 32], normalise), labels.data);
});

test.each(mnist)("$file on MNIST", async (checkpoint) => {
  const count = 1000;
  const pixels = gunzipSync(sharedBytes("data/mnist/t10k-images-idx3-ubyte.gz")).subarray(16, 16 + count * 784);
  const labels = gunzipSync(sharedBytes("data/mnist/t10k-labels-idx1-ubyte.gz")).subarray(8, 8 + count);
  await expectCorrect(checkpoint, tensorOf(pixels, [count, 1, 28, 28], digit), labels);
});

async function expectCorrect({ file, config, correct }: Checkpoint, images: Tensor, labels: ArrayLike<number>): Promise<void> {
  const sources = [sharedSource(`data/checkpoints/${file}`, file), textSource(JSON.stringify(config), "config.json")];
  const { build } = await openModel(sources);
  const session = createWasmSession(await build(), "float");
  const { logits } = await session.run(images);
  session.destroy();
  expect(roundTiesToEven(labels.length * top1Accuracy.measure(logits, logits, labels))).toBe(correct);
}

type Normalise = (value: number, channel: number) => number;

/** [B,C,H,W], rounded to f32. */
function tensorOf(pixels: ArrayLike<number>, shape: readonly [number, number, number, number], normalise: Normalise): Tensor {
  const [, channels, height, width] = shape;
  return tensor(
    shape,
    Float32Array.from(pixels, (value, i) => normalise(value, Math.floor(i / (height * width)) % channels)),
  );
}
