/** Reading a model's weights one by one, by our names: checked for NaN and infinities, with progress and cancel. */
import type { TensorStore } from "../formats/tensor-store.ts";
import { throwIfCancelled, type Job } from "../tensor/progress.ts";
import { tensor, type Shape, type Tensor } from "../tensor/tensor.ts";
import { modelError } from "./error-codes.ts";
import { quantizersOf, withQuantizers } from "./stored-weight.ts";
import type { NameMap } from "./tensor-names.ts";

export interface WeightReader {
  has(name: string): boolean;
  /** Optionally under another shape of as many elements. */
  read(name: string, shape?: Shape): Promise<Tensor>;
}

export function weightReader(store: TensorStore, names: NameMap, job: Job | undefined): WeightReader {
  const total = names.source.size;
  let done = 0;
  return {
    has: (name) => names.source.has(name),
    async read(name, shape) {
      throwIfCancelled(job);
      const fileName = names.source.get(name);
      if (fileName === undefined) throw new Error(`internal: ${name} was not checked before it is read`);
      job?.onProgress?.({ stage: `reading ${name}`, done, total });
      const stored = await store.read(fileName);
      refuseNotFinite(fileName, stored.data);
      done++;
      if (done === total) job?.onProgress?.({ stage: "weights read", done, total });
      return shape ? withQuantizers(tensor(shape, stored.data), quantizersOf(stored)) : stored;
    },
  };
}

export function refuseNotFinite(fileName: string, data: Float32Array): void {
  let nans = 0;
  let infinities = 0;
  for (const value of data) {
    if (Number.isNaN(value)) nans++;
    else if (value === Infinity || value === -Infinity) infinities++;
  }
  if (nans + infinities === 0) return;
  throw modelError(
    "WEIGHTS_NOT_FINITE",
    `Tensor "${fileName}" holds ${nans} NaN and ${infinities} infinite values among ${data.length}.`,
    "Every prediction would be NaN: training diverged, or the file was damaged or converted with overflow.",
    "Download or convert the weights again, from a checkpoint before the divergence.",
  );
}
