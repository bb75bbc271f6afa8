/**
 * I&S-ViT's search for the shift eta of SULQ (ptq-core 3.1): for each eta of the list, low and high of the whole tensor, squared error of the tensor on
 * 2^bits - 1 steps. As published the forward pass then takes 2^bits steps; the parameters stay those of the search.
 */
import { endsOf } from "./ends.ts";
import type { Observation, Observer } from "./observer.ts";
import { squaredError } from "./squared-error.ts";

export const sulqSearch: Observer = {
  name: "shift, smallest mean squared error",
  observe(values, target) {
    const { low, high } = endsOf(values);
    const fits = target.scheme.candidates?.({ low, high }, target.bits, target.levels) ?? [];
    const judged = fits.map((fit, candidate) => ({
      fit,
      candidate,
      error: squaredError(values, fit.scale, fit.zeroPoint, { ...target, levels: "strict" }, fit.parameters),
    }));
    const [best, second] = judged.sort((a, b) => a.error - b.error || a.candidate - b.candidate);
    const gap = second.error === best.error ? 0 : (second.error - best.error) / best.error;
    return { ...best.fit, candidate: best.candidate, gap } satisfies Observation;
  },
};
