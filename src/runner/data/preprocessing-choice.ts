/**
 * A preprocessing that somebody states instead of the model's own, as a line of text that the command line, links and sessions share:
 * `resize=shortest,size=256,filter=bicubic,mean=0.485/0.456/0.406,std=0.229/0.224/0.225`. What it leaves out stays the model's.
 */
import type { Preprocessing } from "../../images/preprocessing.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { OpenModel } from "../open-model.ts";
import { USUAL_COLOURS } from "./usual-colours.ts";

export const RESIZES = ["shortest", "squash", "none"] as const;
export const FILTERS = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"] as const;
/** Pixels; beyond it an image would only be blown up. */
export const MOST_SIZE = 4096;

type Colour = Preprocessing["mean"];
type Change = (value: string, text: string) => Partial<Preprocessing>;

const changes: Readonly<Record<string, Change>> = {
  resize: (value, text) => ({ resize: oneOf(RESIZES, value, text) }),
  size: (value, text) => ({ size: wholeNumber(value, text) }),
  filter: (value, text) => ({ interpolation: oneOf(FILTERS, value, text) }),
  colours: (value, text) => coloursNamed(value, text),
  mean: (value, text) => ({ mean: colour(value, text, () => true) }),
  std: (value, text) => ({ std: colour(value, text, (share) => share > 0) }),
};

/** `own`: the model's. Throws PREPROCESSING_INVALID. */
export function parsePreprocessing(text: string, own: Preprocessing): Preprocessing {
  let found = own;
  for (const part of text.split(",")) {
    const [key, value = ""] = part.split("=").map((side) => side.trim());
    if (!Object.hasOwn(changes, key)) throw invalid(text, `"${part.trim()}" is none of ${Object.keys(changes).join(", ")}.`);
    found = { ...found, ...changes[key](value, text) };
  }
  return found;
}

/** The model with its images prepared as the text says; null: as the model says. */
export function withPreprocessing(model: OpenModel, text: string | null): OpenModel {
  if (text === null) return model;
  const { card } = model;
  const preprocessing = parsePreprocessing(text, card.preprocessing);
  const assumed = card.assumed.filter((field) => field !== "preprocessing");
  return { ...model, card: { ...card, preprocessing, preprocessingFile: undefined, assumed } };
}

function oneOf<T extends string>(names: readonly T[], value: string, text: string): T {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw invalid(text, `"${value}" is none of ${names.join(", ")}.`);
}

function wholeNumber(value: string, text: string): number {
  const size = Number(value);
  if (/^\d+$/.test(value) && size >= 1 && size <= MOST_SIZE) return size;
  throw invalid(text, `"${value}" is no whole number from 1 to ${MOST_SIZE}.`);
}

function coloursNamed(value: string, text: string): Pick<Preprocessing, "mean" | "std"> {
  const found = USUAL_COLOURS.find(({ id }) => id === value);
  if (found) return { mean: found.mean, std: found.std };
  throw invalid(text, `"${value}" is none of ${USUAL_COLOURS.map(({ id }) => id).join(", ")}.`);
}

/** Red, green, blue; one number stands for all three. */
function colour(value: string, text: string, isAllowed: (share: number) => boolean): Colour {
  const shares = value.split("/").map((share) => (share.trim() === "" ? NaN : Number(share)));
  const [red, green = red, blue = red] = shares;
  if ((shares.length === 1 || shares.length === 3) && shares.every((share) => Number.isFinite(share) && isAllowed(share))) return [red, green, blue]; // prettier-ignore
  throw invalid(text, `"${value}" is not three numbers as in 0.485/0.456/0.406, for pixels from 0 to 1; deviations are above 0.`);
}

function invalid(text: string, why: string): InputError {
  return new InputError("PREPROCESSING_INVALID", {
    what: `"${text}" is no preprocessing.`,
    why,
    next: "Write for example resize=shortest,size=256,filter=bicubic,colours=imagenet; what is left out stays as the model has it.",
  });
}
