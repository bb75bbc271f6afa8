import type { ReactNode } from "react";

/** A table that may be wider than its place, in a box that scrolls and that the keyboard reaches. */
export function ScrollTable(props: {
  readonly label: string;
  readonly className?: string;
  readonly testId?: string;
  readonly children: ReactNode;
}) {
  const { label, className = "", testId, children } = props;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section className={`run-table ${className}`} tabIndex={0} aria-label={label}>
      <table data-testid={testId}>{children}</table>
    </section>
  );
}

/** The head of a column of figures, aligned as they are. */
export function NumberHeading({ text }: { readonly text: string }) {
  return (
    <th scope="col" className="number">
      {text}
    </th>
  );
}
