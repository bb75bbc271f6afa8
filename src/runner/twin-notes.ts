import { printPreprocessing, samePreprocessing } from "../images/print-preprocessing.ts";
import type { OpenModel } from "./open-model.ts";

/** What somebody must know who compares two models in float, in sentences. */
export function twinNotes(reference: OpenModel, other: OpenModel): readonly string[] {
  const notes: string[] = [];
  for (const { card, quantization } of [reference, other]) {
    if (quantization) notes.push(`${card.name} is quantized: its weights are decoded, and it runs in float without quantized activations.`);
  }
  const [names, otherNames] = [reference.card.labels, other.card.labels];
  const differing = names && otherNames ? names.filter((name, i) => name.toLowerCase() !== otherNames[i]?.toLowerCase()).length : 0;
  if (differing > 0)
    notes.push(`Their files name ${differing} of ${names?.length} classes otherwise: agreement compares places, not names.`);
  if (!samePreprocessing(reference.card.preprocessing, other.card.preprocessing)) {
    const [mine, theirs] = [reference, other].map(({ card }) => printPreprocessing(card.preprocessing));
    notes.push(`Each reads the images as its own files want them: ${mine} and ${theirs}.`);
  }
  return notes;
}
