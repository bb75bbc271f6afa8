import { checkBufferSize, type Gpu } from "../gpu/device.ts";
import type { ModelCard } from "../models/config.ts";

/** Refuse a model whose largest buffers pass the adapter's limits, before any weight is read. Throws InputError MODEL_TOO_LARGE. */
export function checkLimits({ device }: Gpu, { config, tokens }: ModelCard): void {
  const { embedDim, mlpDim, numHeads, numClasses, patchSize, channels } = config;
  const widest = Math.max(3 * embedDim, mlpDim);
  checkBufferSize(device, 4 * embedDim * widest, "blocks.0: largest weight");
  checkBufferSize(device, 4 * embedDim * numClasses, "head.weight");
  checkBufferSize(device, 4 * embedDim * channels * patchSize ** 2, "patch_embed.proj.weight");
  if (!config.stages) {
    checkBufferSize(device, 4 * numHeads * tokens * Math.ceil(tokens / 4) * 4, "blocks.0.attn.softmax of one image");
    checkBufferSize(device, 4 * tokens * widest, "blocks.0.mlp.fc1 of one image");
    return;
  }
  for (const [index, stage] of config.stages.entries()) {
    const count = stage.grid[0] * stage.grid[1];
    const maps = stage.numHeads * count * Math.ceil(stage.window ** 2 / 4) * 4;
    checkBufferSize(device, 4 * maps, `layers.${index}.blocks.0.attn.softmax of one image`);
    checkBufferSize(device, 4 * count * Math.max(3 * stage.embedDim, stage.mlpDim), `layers.${index}.blocks.0.mlp.fc1 of one image`);
  }
}
