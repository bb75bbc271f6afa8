/**
 * Models in several files: model-00001-of-00003.safetensors ..., and model.safetensors.index.json whose weight_map says which tensor lies where.
 * The index may be missing (the names tell how many shards there are), a shard may not.
 */
import type { ByteSource } from "./byte-source.ts";
import { formatError } from "./error-codes.ts";
import { isJsonObject } from "./json.ts";
import { readConfig } from "./read-config.ts";
import { joinStores, type TensorStore } from "./tensor-store.ts";

/** Opens one part of a model. */
export type OpenShard = (source: ByteSource) => Promise<TensorStore>;

export interface ShardName {
  readonly stem: string;
  /** ".safetensors" or ".bin". */
  readonly ending: string;
  readonly index: number;
  readonly count: number;
}

/** "deit/model-00002-of-00003.safetensors" (or .bin) -> stem "deit/model", index 2, count 3; null for other names. */
export function parseShardName(name: string): ShardName | null {
  const match = /^(.*)-(\d{5})-of-(\d{5})(\.\w+)$/.exec(name);
  return match && { stem: match[1], index: Number(match[2]), count: Number(match[3]), ending: match[4] };
}

/** Opens shards without an index: all that share one stem and count. */
export async function openShards(shards: readonly ByteSource[], open: OpenShard): Promise<TensorStore> {
  const parsed = parseShardName(shards[0].name);
  if (!parsed) throw new Error(`internal: ${shards[0].name} is not a shard`);
  const expected = Array.from({ length: parsed.count }, (_, i) => `${parsed.stem}-${five(i + 1)}-of-${five(parsed.count)}${parsed.ending}`);
  return joinChecked(shards, expected, open);
}

/** What an index says: tensor names, and the files they lie in (names with the index's folder). */
export interface ShardIndex {
  readonly source: ByteSource;
  readonly tensors: readonly string[];
  readonly files: ReadonlySet<string>;
}

export async function readIndex(source: ByteSource): Promise<ShardIndex> {
  const map = (await readConfig(source)).weight_map;
  if (!isJsonObject(map)) throw invalidIndex(source, "it has no weight_map");
  const folder = source.name.slice(0, source.name.lastIndexOf("/") + 1);
  const files = new Set<string>();
  for (const [name, file] of Object.entries(map)) {
    if (typeof file !== "string" || /[\\/]/.test(file)) throw invalidIndex(source, `tensor "${name}" has no plain file name`);
    files.add(folder + file);
  }
  if (files.size === 0) throw invalidIndex(source, "its weight_map is empty");
  return { source, tensors: Object.keys(map), files };
}

export async function openIndexed(index: ShardIndex, sources: readonly ByteSource[], open: OpenShard): Promise<TensorStore> {
  const shards = sources.filter(({ name }) => index.files.has(name));
  const store = await joinChecked(shards, [...index.files].sort(), open);
  const absent = index.tensors.find((name) => !store.has(name));
  if (absent !== undefined) throw invalidIndex(index.source, `it names tensor "${absent}", which no shard holds`);
  return store;
}

async function joinChecked(shards: readonly ByteSource[], expected: readonly string[], open: OpenShard): Promise<TensorStore> {
  const given = new Map(shards.map((shard) => [shard.name, shard]));
  const missing = expected.filter((name) => !given.has(name));
  if (missing.length > 0) {
    throw formatError(
      "SHARD_MISSING",
      `The model is in ${expected.length} parts, of which ${expected.length - missing.length} were given.`,
      `Missing: ${missing.join(", ")}.`,
      "Drop all parts together, or the folder that holds them.",
    );
  }
  const stores = await Promise.all(expected.map((name) => open(given.get(name) as ByteSource)));
  const seen = new Set<string>();
  for (const name of stores.flatMap((store) => store.names)) {
    if (seen.has(name)) throw invalidIndex(shards[0], `tensor "${name}" lies in two parts`);
    seen.add(name);
  }
  return joinStores(stores);
}

function five(n: number): string {
  return String(n).padStart(5, "0");
}

function invalidIndex(source: ByteSource, reason: string) {
  return formatError(
    "INDEX_INVALID",
    `The model's parts do not fit together (${source.name}).`,
    `Reason: ${reason}.`,
    "Download the whole model again.",
  );
}
