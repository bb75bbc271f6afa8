import type { ReactNode } from "react";

/** A headline number with its name above and what it is measured against below. */
export function Tile(props: { readonly title: string; readonly sub: ReactNode; readonly children: ReactNode }) {
  return (
    <div className="tile">
      <h2>{props.title}</h2>
      <p className="tile-value">{props.children}</p>
      <p className="tile-sub">{props.sub}</p>
    </div>
  );
}
