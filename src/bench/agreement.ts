/** How near a contender's logits lie to the float reference's. */

export interface Agreement {
  readonly images: number;
  /** Of all logits: 1 is the same direction. */
  readonly cosine: number;
  /** |ours - reference| / |reference|, over all logits. */
  readonly relativeError: number;
  /** Share of images with the same largest logit. */
  readonly top1: number;
}

/** Rows of `classes` logits; the reference may hold more images than were run. */
export function agreementOf(logits: ArrayLike<number>, reference: ArrayLike<number>, classes: number): Agreement {
  const images = logits.length / classes;
  let [dot, own, other, same] = [0, 0, 0, 0];
  for (let image = 0; image < images; image++) {
    let [best, bestReference] = [0, 0];
    for (let i = image * classes; i < (image + 1) * classes; i++) {
      dot += logits[i] * reference[i];
      own += logits[i] ** 2;
      other += reference[i] ** 2;
      if (logits[i] > logits[image * classes + best]) best = i - image * classes;
      if (reference[i] > reference[image * classes + bestReference]) bestReference = i - image * classes;
    }
    if (best === bestReference) same++;
  }
  const cosine = own === 0 || other === 0 ? Number(own === other) : dot / Math.sqrt(own * other);
  return { images, cosine, relativeError: relativeError(logits, reference), top1: same / images };
}

/** Euclidean, of the first `values.length` entries; not finite where the values are not. */
export function relativeError(values: ArrayLike<number>, reference: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    difference += (values[i] - reference[i]) ** 2;
    size += reference[i] ** 2;
  }
  return size === 0 ? Math.sqrt(difference) : Math.sqrt(difference / size);
}
