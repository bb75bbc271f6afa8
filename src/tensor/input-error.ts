import type { ErrorCode } from "./error-table.ts";

/**
 * A fault of what the user gave us (a file, a setting, a device limit), as opposed to a bug of ours (plain Error starting "internal:").
 * `code` is stable: the page, the command line and the documentation share it.
 */
export class InputError extends Error {
  readonly code: ErrorCode;
  /** What it is. */
  readonly what: string;
  /** Why it cannot be used. */
  readonly why: string;
  /** What to do next. */
  readonly next: string;

  constructor(code: ErrorCode, parts: { what: string; why: string; next: string }) {
    super(`${parts.what} ${parts.why} ${parts.next}`);
    this.name = "InputError";
    this.code = code;
    this.what = parts.what;
    this.why = parts.why;
    this.next = parts.next;
  }
}

/** In short form. */
export function refusal(code: ErrorCode, what: string, why: string, next: string): InputError {
  return new InputError(code, { what, why, next });
}
