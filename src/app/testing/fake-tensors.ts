import type { InspectedTensor } from "../../runner/inspect/inspect-graph.ts";
import { PREVIEW_BITS } from "../../runner/inspect/weight-difficulty.ts";
import { seededNormal } from "../../tensor/random.ts";

const LAYERS: readonly (readonly [layer: string, shape: readonly number[]])[] = [
  ["norm1", [128]],
  ["attn.qkv", [384, 128]],
  ["attn.proj", [128, 128]],
  ["norm2", [128]],
  ["mlp.fc1", [512, 128]],
  ["mlp.fc2", [128, 512]],
];

/** Made-up statistics of a model of `depth` blocks: twelve tensors each. */
export function fakeTensors(depth: number): readonly InspectedTensor[] {
  const normal = seededNormal(8);
  const found: Omit<InspectedTensor, "share">[] = [];
  const add = (block: number | null, layer: string, shape: readonly number[]): void => {
    const isMatrix = shape.length > 1;
    for (const parameter of ["weight", "bias"]) {
      const own = parameter === "weight" ? shape : shape.slice(0, 1);
      const size = 0.4 + Math.abs(normal());
      const kurtosis = 3 + Math.abs(normal()) * (layer === "mlp.fc2" ? 9 : 2);
      found.push({
        name: `${block === null ? "" : `blocks.${block}.`}${layer}.${parameter}`,
        block,
        layer,
        parameter,
        shape: own,
        elements: own.reduce((a, b) => a * b, 1),
        low: -size,
        high: size * 1.1,
        mean: normal() * 0.01,
        standardDeviation: size / 4,
        kurtosis,
        outlierChannels: own.length > 1 ? Math.max(0, Math.trunc(normal() * 3)) : null,
        previewDb: isMatrix && parameter === "weight" ? PREVIEW_BITS.map((bits) => 6.02 * bits - 3 - kurtosis / 2) : null,
      });
    }
  };
  add(null, "patch_embed", [128, 192]);
  for (let block = 0; block < depth; block++) for (const [layer, shape] of LAYERS) add(block, layer, shape);
  add(null, "norm", [128]);
  add(null, "head", [12, 128]);
  const total = found.reduce((sum, { elements }) => sum + elements, 0);
  return found.map((each) => ({ ...each, share: each.elements / total }));
}
