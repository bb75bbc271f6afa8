/**
 * Dialects: the tensor names of code bases other than timm and Hugging Face. A dialect translates names into timm's, puts values into timm's
 * order where they are stored in another, and knows what its code does where the weights do not tell. Everything after it sees a timm model.
 */
import type { ModelFiles } from "../../formats/open-model.ts";
import type { JsonObject } from "../../formats/json.ts";
import type { TensorStore } from "../../formats/tensor-store.ts";
import { tensor, type Shape, type Tensor } from "../../tensor/tensor.ts";

/** How a stored tensor becomes timm's. */
export interface Layout {
  readonly shape: Shape;
  convert(stored: Tensor): Tensor;
}

export type NameRule = readonly [pattern: RegExp, replacement: string];

export interface Dialect {
  /** The code base: shown as a note when a model opens. */
  readonly name: string;
  matches(names: readonly string[]): boolean;
  /** First match wins; names without a rule stay as they are. */
  readonly rules: readonly NameRule[];
  /** Rules that depend on which names there are; they come first. */
  rulesFor?(names: readonly string[]): readonly NameRule[];
  /** What the code base fixes and files do not state, in the words of config.json. The files' own configuration wins. */
  settings(store: TensorStore): JsonObject;
  /** Fields of the card that are the code base's defaults and that its users change, with the settings that state them: shown as assumed. */
  readonly assumes?: Readonly<Record<string, readonly string[]>>;
  /** null: stored as timm does. */
  layout?(name: string, shape: Shape): Layout | null;
}

/** The files as timm would have written them, and the fields of the card that only the code base's defaults tell. */
export function translate(files: ModelFiles, dialect: Dialect): { readonly files: ModelFiles; readonly assumed: readonly string[] } {
  const settings = new Map(Object.entries(dialect.settings(files.weights)));
  const assumed: string[] = [];
  // One setting has several names: whichever the files use replaces all of the dialect's.
  for (const [field, names] of Object.entries(dialect.assumes ?? {})) {
    if (names.some((name) => Object.hasOwn(files.config ?? {}, name))) for (const name of names) settings.delete(name);
    else assumed.push(field);
  }
  const config = { ...Object.fromEntries(settings), ...files.config };
  return { files: { ...files, weights: translateStore(files.weights, dialect), config }, assumed };
}

function translateStore(store: TensorStore, { rules, rulesFor, layout }: Dialect): TensorStore {
  const all = [...(rulesFor?.(store.names) ?? []), ...rules];
  const sources = new Map<string, string>();
  for (const name of store.names) {
    const rule = all.find(([pattern]) => pattern.test(name));
    const translated = rule ? name.replace(...rule) : name;
    // Two names for one tensor: both stay visible, and the family's own check names them.
    sources.set(sources.has(translated) ? name : translated, name);
  }
  const sourceOf = (name: string) => sources.get(name) ?? name;
  const layoutOf = (name: string) => (store.has(sourceOf(name)) ? (layout?.(name, store.shape(sourceOf(name))) ?? null) : null);
  return {
    names: [...sources.keys()],
    has: (name) => sources.has(name),
    shape: (name) => layoutOf(name)?.shape ?? store.shape(sourceOf(name)),
    dtype: (name) => store.dtype(sourceOf(name)),
    sizeBytes: store.sizeBytes,
    metadata: store.metadata,
    read: async (name) => {
      const stored = await store.read(sourceOf(name));
      return layoutOf(name)?.convert(stored) ?? stored;
    },
    readIntegers: (name) => store.readIntegers(sourceOf(name)),
  };
}

/** Axis `order[i]` of the stored tensor becomes axis i, and the result is seen as `shape`. */
export function permuted(stored: Shape, order: readonly number[], shape: Shape): Layout {
  return { shape, convert: (source) => tensor(shape, permute(source.data, stored, order)) };
}

function permute(data: Float32Array, shape: Shape, order: readonly number[]): Float32Array<ArrayBuffer> {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = order.map((axis) => shape[axis]);
  const steps = order.map((axis) => strides[axis]);
  const out = new Float32Array(data.length);
  const index = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++index[axis] < sizes[axis]) break;
      from -= steps[axis] * sizes[axis];
      index[axis] = 0;
    }
  }
  return out;
}
