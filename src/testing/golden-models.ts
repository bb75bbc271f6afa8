/** The models of src/models/goldens: the same random weights in timm's and Hugging Face's names, and what PyTorch makes of them (tools/goldens/families). */
import { readdirSync, readFileSync } from "node:fs";
import { fromBytes } from "../formats/byte-source.ts";
import type { JsonObject } from "../formats/json.ts";
import type { ModelFiles } from "../formats/open-model.ts";
import { openSafetensors } from "../formats/safetensors.ts";
import type { TensorStore } from "../formats/tensor-store.ts";
import type { Overrides } from "../models/family.ts";
import type { Tensor } from "../tensor/tensor.ts";

const folder = new URL("../models/goldens/", import.meta.url);

export const goldenNames: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(".safetensors"))
  .map((file) => file.replace(".safetensors", ""))
  .sort();

/** Those with nodes that no other has: the rest differ in weights alone. */
export const goldenStructures: readonly string[] = goldenNames.filter(
  (name) => !/-(up|down|shared|original|all|constant)$|^clip-/.test(name),
);

export type GoldenNaming = "timm" | "hf";

export interface GoldenModel {
  readonly files: Readonly<Partial<Record<GoldenNaming, ModelFiles>>>;
  /** One of them. */
  readonly any: ModelFiles;
  readonly overrides: Overrides;
  /** [B,C,H,W] */
  readonly pixels: Tensor;
  /** Logits or features [B,...] of PyTorch in f32. */
  readonly output: Tensor;
}

export async function goldenModel(name: string): Promise<GoldenModel> {
  const store = await openGolden(folder, name);
  const files: Partial<Record<GoldenNaming, ModelFiles>> = {};
  for (const naming of ["timm", "hf"] as const) {
    const config = store.metadata[naming];
    if (config !== undefined) {
      files[naming] = { name, weights: part(store, `${naming}/`), config: JSON.parse(config) as JsonObject, preprocessor: null };
    }
  }
  const any = files.timm ?? files.hf;
  if (!any) throw new Error(`internal: ${name} has no naming`);
  const side = Number(store.metadata.run_size ?? 0);
  return {
    files,
    any,
    overrides: side > 0 ? { imageSize: [side, side] } : {},
    pixels: await store.read("pixels"),
    output: await store.read("output"),
  };
}

const packedFolder = new URL("../models/packed/goldens/", import.meta.url);

export const packedNames: readonly string[] = readdirSync(packedFolder).map((file) => file.replace(".safetensors", ""));

/** A model whose weights another quantizer's layout holds, and PyTorch's logits of the numbers that they stand for (tools/goldens/packed_weights.py). */
export async function packedModel(name: string): Promise<Omit<GoldenModel, "files" | "overrides">> {
  const store = await openGolden(packedFolder, name);
  const config = JSON.parse(store.metadata.config) as JsonObject;
  const any: ModelFiles = { name, weights: part(store, "model/"), config, preprocessor: null };
  return { any, pixels: await store.read("pixels"), output: await store.read("output") };
}

function openGolden(from: URL, name: string): Promise<TensorStore> {
  return openSafetensors(fromBytes(new Uint8Array(readFileSync(new URL(`${name}.safetensors`, from))), `${name}.safetensors`));
}

/** The tensors under a prefix, as a file of their own. */
export function part(store: TensorStore, prefix: string): TensorStore {
  return {
    names: store.names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
    has: (name) => store.has(prefix + name),
    shape: (name) => store.shape(prefix + name),
    dtype: (name) => store.dtype(prefix + name),
    sizeBytes: store.sizeBytes,
    metadata: {},
    read: (name) => store.read(prefix + name),
    readIntegers: (name) => store.readIntegers(prefix + name),
  };
}
