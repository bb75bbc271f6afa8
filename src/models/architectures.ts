/** What timm's architecture names tell that weights do not: https://github.com/huggingface/pytorch-image-models, vision_transformer.py and deit.py. */

/** Size name -> [width, heads]. */
const sizes: Readonly<Record<string, readonly [number, number]>> = {
  tiny: [192, 3],
  wee: [256, 4],
  pwee: [256, 4],
  little: [320, 5],
  small: [384, 6],
  medium: [512, 8],
  mediumd: [512, 8],
  betwixt: [640, 10],
  base: [768, 12],
  so150m: [896, 14],
  large: [1024, 16],
  so400m: [1152, 16],
  huge: [1280, 16],
  giant: [1408, 16],
  gigantic: [1664, 16],
};

/** Heads of "deit_tiny_patch16_224" and the like; null when the name is unknown or the weights have another width. */
export function knownHeads(architecture: string | null, width: number): number | null {
  const size = /^(?:vit|deit3?)_([a-z0-9]+)_/.exec(architecture ?? "")?.[1];
  if (size === undefined || !Object.hasOwn(sizes, size)) return null;
  return sizes[size][0] === width ? sizes[size][1] : null;
}

/** Whether the name implies exact GELU and LayerNorm's epsilon of 1e-6: timm's own ViT and DeiT. CLIP and SigLIP variants differ. */
export function isPlainTimmVit(architecture: string | null): boolean {
  return /^(vit|deit3?)_/.test(architecture ?? "") && !/clip|siglip|quickgelu|eva/.test(architecture ?? "");
}
