import { Fragment } from "react";

/** A sentence whose words between backticks are commands or names. */
export function CodeText({ text }: { readonly text: string }) {
  return text.split("`").map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : <Fragment key={i}>{part}</Fragment>));
}
