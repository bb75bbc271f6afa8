/** What the float model's predictions say about labels: a good model that agrees with nobody was given labels in another order. */

export interface LabelAudit {
  readonly verdict: "agrees" | "shifted" | "other-order" | "unclear" | "too-few";
  /** In a sentence, with numbers. */
  readonly text: string;
}

const LEAST_IMAGES = 16;
/** Labels with fewer images say nothing about which class is meant. */
const LEAST_PER_LABEL = 3;

/** Pairs of the float model's first choice and the label. */
export function auditLabels(predicted: readonly number[], labels: readonly number[]): LabelAudit {
  const count = labels.length;
  if (count < LEAST_IMAGES) return { verdict: "too-few", text: `${count} labelled images are too few to check their labels.` };
  const share = (shift: number): number => labels.filter((label, i) => predicted[i] === label + shift).length / count;
  const right = share(0);
  const percent = (part: number): string => `${(100 * part).toFixed(0)} %`;
  if (right >= 0.4) return { verdict: "agrees", text: `The float model agrees with ${percent(right)} of the labels.` };
  for (const shift of [1, -1]) {
    if (share(shift) < Math.max(0.4, 2 * right)) continue;
    const text = `The float model's class is the label ${shift > 0 ? "plus" : "minus"} one in ${percent(share(shift))} of the images, and the label itself in ${percent(right)}: numbers probably begin at ${shift > 0 ? "one in the model and zero" : "zero in the model and one"} in the labels.`;
    return { verdict: "shifted", text };
  }
  const { consistent, total } = consistency(predicted, labels);
  if (total >= LEAST_IMAGES && consistent / total >= 0.5 && right < 0.2) {
    const text = `The float model agrees with ${percent(right)} of the labels, yet within a label it chooses the same class in ${percent(consistent / total)}: labels and classes are probably numbered in different orders.`;
    return { verdict: "other-order", text };
  }
  const text = `The float model agrees with ${percent(right)} of the labels: labels, preprocessing or the model may be wrong for these images.`;
  return { verdict: "unclear", text };
}

/** Images of well-filled labels, and how many of them have the class that their label is given most. */
function consistency(predicted: readonly number[], labels: readonly number[]): { consistent: number; total: number } {
  const byLabel = new Map<number, Map<number, number>>();
  labels.forEach((label, i) => {
    const counts = byLabel.get(label) ?? new Map<number, number>();
    byLabel.set(label, counts.set(predicted[i], (counts.get(predicted[i]) ?? 0) + 1));
  });
  let [consistent, total] = [0, 0];
  const claimed = new Set<number>();
  for (const counts of byLabel.values()) {
    const size = [...counts.values()].reduce((a, b) => a + b, 0);
    if (size < LEAST_PER_LABEL) continue;
    const [most, hits] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
    total += size;
    // A model that says the same for everything is consistent too, but tells labels apart no more.
    if (!claimed.has(most)) consistent += hits;
    claimed.add(most);
  }
  return { consistent, total };
}
