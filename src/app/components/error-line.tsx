import type { ErrorParts } from "../worker/lab-api.ts";

/** An error that concerns one picture, in the picture's place. */
export function ErrorLine({ error: { what, why, next, code } }: { readonly error: ErrorParts }) {
  return (
    <p className="notice warning">
      <span aria-hidden="true">▲ </span>
      {what} {why} {next} <code>{code}</code>
    </p>
  );
}
