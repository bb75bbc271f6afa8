/**
 * Blocks are known by their nodes' names, timm's: "blocks.3.attn.qkv", in models with stages "layers.1.blocks.0.attn.qkv" or "stages.1.blocks.0.attn.qkv", in
 * MobileViT "stages.0.0.conv1_1x1" and "stages.2.1.transformer.0.attn.qkv".
 */
const pattern = /^((?:(?:layers|stages)\.\d+\.)?blocks\.\d+\.|stages\.\d+\.\d+\.(?:transformer\.\d+\.)?)(.+)$/;

/** "blocks.3.", "layers.1.blocks.0." and so on; null outside the blocks. */
export function blockPrefix(name: string): string | null {
  return pattern.exec(name)?.[1] ?? null;
}

export interface BlockPlace {
  /** Counts from 0 through all stages; null outside the blocks. */
  readonly block: number | null;
  /** Name inside the block ("attn.softmax"), or the whole name. */
  readonly role: string;
}

/** Where nodes stand; `names` are all names of a graph, in order. */
export function blockPlaces(names: readonly string[]): (name: string) => BlockPlace {
  const indices = new Map<string, number>();
  for (const name of names) {
    const prefix = blockPrefix(name);
    if (prefix !== null && !indices.has(prefix)) indices.set(prefix, indices.size);
  }
  return (name) => {
    const [, prefix, role] = pattern.exec(name) ?? [];
    return prefix === undefined ? { block: null, role: name } : { block: indices.get(prefix) ?? null, role };
  };
}
