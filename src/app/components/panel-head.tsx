import type { ReactNode } from "react";

/** The heading of a panel, one line on what it is for, and its own buttons at the right. */
export function PanelHead(props: { readonly title: string; readonly lead: ReactNode; readonly children?: ReactNode }) {
  return (
    <header className="panel-head">
      <div>
        <h1>{props.title}</h1>
        <p className="muted">{props.lead}</p>
      </div>
      {props.children !== undefined && <div className="row">{props.children}</div>}
    </header>
  );
}
