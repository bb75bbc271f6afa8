import type { TensorStore } from "../../formats/tensor-store.ts";

/** Modules that have a tensor of that name: "blocks.0.mlp.fc1" for "blocks.0.mlp.fc1.qweight". */
export function layerNames(store: TensorStore, part: string): string[] {
  const ending = `.${part}`;
  return store.names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
}
