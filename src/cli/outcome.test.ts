import { expect, test } from "vitest";
import { InputError } from "../tensor/input-error.ts";
import { failure, unwrap, type Outcome } from "./outcome.ts";

/** What page.evaluate does to a value on its way. */
const cross = (outcome: Outcome) => JSON.parse(JSON.stringify(outcome)) as Outcome;

test("a result arrives as the JSON that is printed", () => {
  expect(unwrap({ kind: "done", json: JSON.stringify({ a: [1, null], skipped: undefined }) })).toEqual({ a: [1, null] });
});

test("an InputError arrives as one, with code, what, why and next", () => {
  const sent = new InputError("HEADER_INVALID", { what: "It is this.", why: "That is why.", next: "Do that." });
  let found: unknown;
  try {
    unwrap(cross(failure(sent)));
  } catch (error) {
    found = error;
  }
  expect(found).toBeInstanceOf(InputError);
  expect(found).toMatchObject({
    code: "HEADER_INVALID",
    what: "It is this.",
    why: "That is why.",
    next: "Do that.",
    message: sent.message,
  });
});

test("any other error keeps name, message and the stack of where it was thrown", () => {
  const sent = new RangeError("internal: out of range");
  expect(() => unwrap(cross(failure(sent)))).toThrow(
    expect.objectContaining({ name: "RangeError", message: sent.message, stack: sent.stack }),
  );
  expect(() => unwrap(cross(failure("text")))).toThrow("text");
});
