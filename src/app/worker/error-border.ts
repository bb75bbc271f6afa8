import type { ErrorCode } from "../../tensor/error-table.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { ErrorParts } from "./lab-api.ts";

/** What a failed call sends over the worker border: plain data, because comlink keeps only message and name of an Error. */
export type Failure =
  | { readonly kind: "input"; readonly parts: ErrorParts & { readonly code: ErrorCode } }
  | { readonly kind: "aborted" }
  | { readonly kind: "internal"; readonly message: string; readonly stack: string };

const FAILURE_KINDS: readonly unknown[] = ["input", "aborted", "internal"];

/** Worker side: any thrown value as data. */
export function failureOf(error: unknown): Failure {
  if (error instanceof InputError) {
    return { kind: "input", parts: { code: error.code, what: error.what, why: error.why, next: error.next } };
  }
  if (isAbort(error)) return { kind: "aborted" };
  if (error instanceof Error) return { kind: "internal", message: error.message, stack: error.stack ?? "" };
  return { kind: "internal", message: String(error), stack: "" };
}

/** Page side: the error that the failure stands for; InputError, AbortError, or a plain Error for a bug of ours. */
export function errorOf(failure: unknown): Error {
  if (!isFailure(failure)) return failure instanceof Error ? failure : new Error(`internal: the engine failed with ${String(failure)}`);
  if (failure.kind === "input") return new InputError(failure.parts.code, failure.parts);
  if (failure.kind === "aborted") return abortError();
  const error = new Error(failure.message);
  if (failure.stack !== "") error.stack = failure.stack;
  return error;
}

export function abortError(): DOMException {
  return new DOMException("The job was cancelled.", "AbortError");
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function isFailure(value: unknown): value is Failure {
  return typeof value === "object" && value !== null && "kind" in value && FAILURE_KINDS.includes(value.kind);
}
