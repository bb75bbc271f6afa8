/** That a file holds every tensor a network needs, in shapes that fit each other; from the header alone. */
import type { TensorStore } from "../formats/tensor-store.ts";
import { elementCount, sameShape, type Shape } from "../tensor/tensor.ts";
import { modelError } from "./error-codes.ts";
import type { NameMap } from "./tensor-names.ts";
import { unsupportedPart } from "./unsupported-parts.ts";

/** A header seen through our names. */
export interface NamedShapes {
  has(name: string): boolean;
  /** Throws TENSOR_MISSING, or TENSOR_SHAPE when the tensor is empty. */
  shape(name: string): Shape;
  /** Sizes of a tensor with two axes; throws TENSOR_SHAPE for others. */
  matrix(name: string): readonly [rows: number, columns: number];
  /** Throws TENSOR_MISSING, or TENSOR_SHAPE when the shape differs. */
  expect(name: string, shape: Shape): void;
  /** Like `expect`, but leading ones do not matter: tokens are stored as [1,1,D], [1,D] or [D]. */
  expectRows(name: string, rows: number, width: number): void;
  /** The name in the file. */
  fileName(name: string): string;
}

export function namedShapes(store: TensorStore, names: NameMap): NamedShapes {
  const fileName = (name: string): string => {
    const found = names.source.get(name);
    if (found === undefined) throw missing(name, names);
    return found;
  };
  const shape = (name: string) => {
    const found = store.shape(fileName(name));
    if (elementCount(found) === 0) throw wrongShape(fileName(name), found, "at least one element");
    return found;
  };
  return {
    has: (name) => names.source.has(name),
    shape,
    matrix(name) {
      const found = shape(name);
      if (found.length !== 2) throw wrongShape(fileName(name), found, "a matrix");
      return [found[0], found[1]];
    },
    expect(name, expected) {
      if (!sameShape(shape(name), expected)) throw wrongShape(fileName(name), shape(name), `[${expected.join(",")}]`);
    },
    expectRows(name, rows, width) {
      const found = shape(name);
      if (found.at(-1) !== width || elementCount(found) !== rows * width) throw wrongShape(fileName(name), found, `[1,${rows},${width}]`);
    },
    fileName,
  };
}

/** Refuses storage types that are not floats: quantized weights of other programs. */
export function checkDtypes(store: TensorStore, names: NameMap): string {
  const dtypes = new Set<string>();
  for (const fileName of names.source.values()) {
    const dtype = store.dtype(fileName);
    if (!["F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"].includes(dtype)) {
      throw modelError(
        "UNSUPPORTED_DTYPE",
        `The weights are stored as ${dtype} ("${fileName}").`,
        "Weights are read from floats of 8 to 64 bits; integers need another program's scales.",
        "Open the original float model.",
      );
    }
    dtypes.add(dtype.toLowerCase());
  }
  const [only] = dtypes;
  return dtypes.size === 1 ? only : "mixed";
}

/** Refuses what would be computed wrongly: tensors without a place in the network, and weights that are there twice. */
export function refuseUnfit({ unknown, twice }: NameMap, network: string): void {
  if (twice) {
    throw modelError(
      "TENSOR_TWICE",
      `The file holds ${twice.name} twice.`,
      `Both "${twice.fileNames[0]}" and "${twice.fileNames[1]}" stand for it, as when a model and its moving average are saved together.`,
      "Save only the one that is to be run.",
    );
  }
  if (unknown.length === 0) return;
  const part = unsupportedPart(unknown);
  throw modelError(
    "UNSUPPORTED_TENSOR",
    `This looks like a ${network}, with a part that is not run here${part ? `: ${part}` : ""}.`,
    `${unknown.length} of its tensors belong to no ${network}: ${unknown.slice(0, 4).join(", ")}${unknown.length > 4 ? ", ..." : ""}.`,
    `Running it without them would give wrong results. Open a ${network} without them, or leave these tensors out if they are not used.`,
  );
}

function missing(name: string, names: NameMap) {
  const some = [...names.source.values()].slice(0, 3).join(", ");
  return modelError(
    "TENSOR_MISSING",
    `The weights lack "${name}"${names.naming === "timm" ? "" : " (in timm's naming)"}.`,
    `The network cannot be computed without it; the file has ${names.source.size} of its tensors (${some}, ...).`,
    "Save the whole state_dict again; if the model is in several files, give all of them.",
  );
}

export function wrongShape(fileName: string, found: Shape, expected: string) {
  return modelError(
    "TENSOR_SHAPE",
    `Tensor "${fileName}" has the shape [${found.join(",")}].`,
    `The rest of the network needs ${expected}.`,
    "Open weights of one network, saved as they were trained.",
  );
}
