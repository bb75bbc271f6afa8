/** Asserting on refusals: the code, and that all three sentences are there. */
import { expect } from "vitest";
import { InputError } from "../tensor/input-error.ts";

/** Runs `act`, expects an InputError with `code`, and returns it for a closer look at its text. */
export async function expectCode(code: string, act: () => unknown): Promise<InputError> {
  const error = await Promise.resolve()
    .then(act)
    .then(
      () => new Error(`nothing was thrown, expected ${code}`),
      (thrown: unknown) => thrown,
    );
  if (!(error instanceof InputError)) throw error;
  expect(error.code, error.message).toBe(code);
  for (const sentence of [error.what, error.why, error.next]) expect(sentence, error.message).toMatch(/\S.*[.?!)>]$/s);
  return error;
}
