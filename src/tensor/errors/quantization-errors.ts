import type { ErrorEntry } from "./error-entry.ts";

export const quantizationErrors = {
  ALREADY_QUANTIZED: {
    title: "Already quantized",
    meaning: "`quantize` was given a package; it wants the float model.",
    advice: "Open the float model.",
  },
  RECIPE_UNKNOWN: {
    title: "Unknown recipe",
    meaning: "A recipe name that does not exist.",
    advice: "Choose one of the names that the error lists.",
  },
  RECIPE_UNSUITABLE: {
    title: "Recipe for another family",
    meaning: "A recipe has no rule for any weight, activation or attention map of this model: it was made for another family.",
    advice: "Choose another recipe.",
  },
  RULES_INVALID: {
    title: "Broken recipe file",
    meaning: "A recipe file is no JSON or not of the expected form; the error names line and column.",
    advice: "Correct the place that the error names.",
  },
  RULES_REFUSED: {
    title: "Rule that cannot be followed",
    meaning:
      "A rule names no layer of the model, asks for what does not exist there, or contradicts a step of the recipe; the error says which.",
    advice: "Change or leave out the rule.",
  },
  BITS_UNSUPPORTED: {
    title: "Unsupported bits",
    meaning:
      "Bits outside 2 to 8 or outside a recipe's own range, or widths that mixed precision does not choose among (2, 3, 4, 6 and 8).",
    advice: "Choose bits in the range that the error tells.",
  },
  BIT_BUDGET_TOO_SMALL: {
    title: "Budget too small",
    meaning:
      "Mixed precision is to fit into fewer bytes or bit operations than the model needs with the fewest bits everywhere; the error tells how many that is.",
    advice: "Raise the budget to what the error tells.",
  },
  LAYER_BITS_INVALID: {
    title: "Unusable bits by layer",
    meaning: "Bits by layer that are not of the expected form, or for layers that the model does not have.",
    advice: "Name layers of this model, and bits from 2 to 8.",
  },
  CALIBRATION_EMPTY: { title: "No calibration images", meaning: "No calibration images.", advice: "Give some images." },
  CALIBRATION_TOO_FEW: {
    title: "Too few calibration images",
    meaning: "A recipe was given fewer calibration images than its statistics need; the error says how many it wants.",
    advice: "Give as many as the error says.",
  },
  CALIBRATION_TOO_LARGE: {
    title: "Too many calibration images",
    meaning: "Calibration would hold more than 2 GiB of activations; the error says how many images fit.",
    advice: "Use as many as the error says fit.",
  },
  CALIBRATION_NOT_FINITE: {
    title: "NaN or infinity while calibrating",
    meaning: "NaN or infinity at a place that calibration measures.",
    advice: "Check the weights and the images' preprocessing.",
  },
  INTEGER_OVERFLOW: {
    title: "Sums beyond 32 bits",
    meaning: "Zero points so far outside the code range that 32-bit sums could overflow.",
    advice: "Choose another recipe or more bits.",
  },
  RELEVANCE_ZERO: {
    title: "No relevance to follow",
    meaning: "The largest logit is exactly 0 on every image, so there is no relevance to follow backwards.",
    advice: "Choose other images or another recipe.",
  },
  SWEEP_MISMATCH: {
    title: "Results of another sweep",
    meaning:
      "The file named by `--out` holds a sweep of another model, other images, other bits by layer or another executor, or no sweep.",
    advice: "Choose another file for the results.",
  },
} as const satisfies Record<string, ErrorEntry>;
