import type { ModelCard } from "../../models/config.ts";
import type { LayerError, QuantizeRequest } from "../../runner/comparison.ts";
import { seededNormal } from "../../tensor/random.ts";

/** Made-up data for developing and testing the page without a GPU. Nothing here is a measurement. */
export const FAKE_CLASSES = [
  "sphere", "cube", "cone", "torus", "cylinder", "pyramid", "capsule", "knot", "spring", "gear", "star prism", "mug",
] as const; // prettier-ignore
export const FAKE_IMAGE_COUNT = 32;
export const DEPTH = 8;
const ROLES = ["norm1", "attn.qkv", "attn.scores", "attn.softmax", "attn.output", "attn.proj", "norm2", "mlp.fc1", "mlp.gelu", "mlp.fc2"];

export function fakeCard(numHeads: number | null): ModelCard {
  return {
    name: "shapes-vit-128.safetensors",
    family: "vit",
    familyLabel: "ViT",
    naming: "timm",
    config: {
      imageSize: [64, 64],
      patchSize: 8,
      channels: 3,
      embedDim: 128,
      depth: DEPTH,
      numHeads: numHeads ?? 4,
      mlpDim: 512,
      classToken: true,
      distilled: false,
      registerTokens: 0,
      numClasses: FAKE_CLASSES.length,
      epsilon: 1e-6,
      gelu: "none",
      pooling: "token",
      qkvBias: true,
    },
    tokens: 65,
    parameters: 1_625_484,
    weightDtype: "f16",
    labels: FAKE_CLASSES,
    preprocessing: {
      inputSize: [64, 64],
      resize: "shortest",
      size: 72,
      interpolation: "bicubic",
      rounding: "torchvision",
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    },
    output: "classes",
    assumed: numHeads === null ? ["numHeads", "epsilon", "preprocessing"] : ["epsilon", "preprocessing"],
    memory: { floatBytes: 6_501_936, int8Bytes: 1_720_320, int4Bytes: 933_888 },
  };
}

export function fakeLabel(image: number): number {
  return (image * 5) % FAKE_CLASSES.length;
}

/** [FAKE_IMAGE_COUNT, classes]: the label's logit stands out by a margin that differs from image to image. */
export function fakeFloatLogits(): Float32Array<ArrayBuffer> {
  const normal = seededNormal(11);
  const classes = FAKE_CLASSES.length;
  const logits = new Float32Array(FAKE_IMAGE_COUNT * classes);
  for (let image = 0; image < FAKE_IMAGE_COUNT; image++) {
    for (let c = 0; c < classes; c++) {
      // Every eleventh image is one that the float model itself gets wrong.
      const right = image % 11 === 10 ? (fakeLabel(image) + 1) % classes : fakeLabel(image);
      logits[image * classes + c] = normal() * 1.1 + (c === right ? 3.2 + (image % 7) * 0.9 : 0);
    }
  }
  return logits;
}

/** Standard deviation of the noise that a made-up recipe adds to logits. */
export function fakeNoise(request: QuantizeRequest): number {
  const bits = Math.min(request.weightBits, request.activationBits);
  return (request.recipe === "min-max" ? 44 : 9) * 2 ** -bits;
}

export function fakeQuantizedLogits(float: Float32Array<ArrayBuffer>, request: QuantizeRequest): Float32Array<ArrayBuffer> {
  const normal = seededNormal(request.recipe === "min-max" ? 5 : 6);
  const noise = fakeNoise(request);
  return float.map((logit) => logit + normal() * noise);
}

/** Error grows along the depth, with a jump at block 3's softmax and weak softmax and GELU everywhere. */
export function fakeLayers(request: QuantizeRequest): readonly LayerError[] {
  const normal = seededNormal(3);
  const base = 40 - 20 * Math.log10(1 + fakeNoise(request) * 9);
  const layers: LayerError[] = [layer("patch_embed", null, "patch_embed", base + 14)];
  for (let block = 0; block < DEPTH; block++) {
    const jump = block >= 3 ? 7 : 0;
    for (const role of ROLES) {
      const weak = role === "attn.softmax" ? (block === 3 ? 12 : 5) : role === "mlp.gelu" ? 3 : 0;
      layers.push(layer(`blocks.${block}.${role}`, block, role, base + 12 - block * 0.6 - jump - weak + normal() * 0.7));
    }
  }
  layers.push(layer("norm", null, "norm", base), layer("head", null, "head", base + 1));
  return layers;
}

function layer(name: string, block: number | null, role: string, sqnrDb: number): LayerError {
  return { name, block, role, sqnrDb, cosine: 1 / Math.sqrt(1 + 10 ** (-sqnrDb / 10)) };
}
