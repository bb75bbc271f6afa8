import type { ErrorCode } from "../tensor/error-table.ts";
import { InputError } from "../tensor/input-error.ts";

/** How a command that ran in the page ended, as text that crosses the border between page and Node. */
export type Outcome =
  | { readonly kind: "done"; readonly json: string }
  | {
      readonly kind: "refused";
      readonly error: { readonly code: ErrorCode; readonly what: string; readonly why: string; readonly next: string };
    }
  | { readonly kind: "failed"; readonly name: string; readonly message: string; readonly stack: string };

export function failure(error: unknown): Outcome {
  if (error instanceof InputError) {
    const { code, what, why, next } = error;
    return { kind: "refused", error: { code, what, why, next } };
  }
  if (error instanceof Error) return { kind: "failed", name: error.name, message: error.message, stack: error.stack ?? "" };
  return { kind: "failed", name: "Error", message: String(error), stack: "" };
}

/** The command's value, or its error thrown again. */
export function unwrap(outcome: Outcome): unknown {
  if (outcome.kind === "done") return JSON.parse(outcome.json);
  if (outcome.kind === "refused") throw new InputError(outcome.error.code, outcome.error);
  const error = new Error(outcome.message);
  error.name = outcome.name;
  if (outcome.stack !== "") error.stack = outcome.stack;
  throw error;
}
