import type { ErrorEntry } from "./errors/error-entry.ts";
import { exportErrors } from "./errors/export-errors.ts";
import { fileErrors } from "./errors/file-errors.ts";
import { imageErrors } from "./errors/image-errors.ts";
import { modelErrors } from "./errors/model-errors.ts";
import { quantizationErrors } from "./errors/quantization-errors.ts";
import { runningErrors } from "./errors/running-errors.ts";

/**
 * Every code that an InputError may carry: what the page, the command line and docs/errors.md (node tools/error-docs.mjs) say of it beyond the text of the
 * error itself, by area, in the order of the documentation. Codes are stable; texts may change.
 */
export const errorAreas = {
  "Model files": fileErrors,
  Models: modelErrors,
  "Images, labels and inputs": imageErrors,
  Quantization: quantizationErrors,
  Export: exportErrors,
  Running: runningErrors,
} as const satisfies Record<string, Record<string, ErrorEntry>>;

const table = { ...fileErrors, ...modelErrors, ...imageErrors, ...quantizationErrors, ...exportErrors, ...runningErrors };

export type ErrorCode = keyof typeof table;

/** null for what is no InputError's code: a bug of ours. */
export function errorEntry(code: string): ErrorEntry | null {
  return Object.hasOwn(table, code) ? table[code as ErrorCode] : null;
}
