import type { ReactNode, Ref } from "react";

/** A box that scrolls and that the keyboard reaches. */
export function ScrollBox(props: {
  readonly label: string;
  readonly className: string;
  readonly testId?: string;
  readonly ref?: Ref<HTMLElement>;
  readonly children: ReactNode;
}) {
  const { label, className, testId, ref, children } = props;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section ref={ref} className={className} tabIndex={0} aria-label={label} data-testid={testId}>
      {children}
    </section>
  );
}

/** A table that may be wider than its place. */
export function ScrollTable(props: {
  readonly label: string;
  readonly className?: string;
  readonly testId?: string;
  readonly children: ReactNode;
}) {
  const { label, className = "", testId, children } = props;
  return (
    <ScrollBox label={label} className={`run-table ${className}`}>
      <table data-testid={testId}>{children}</table>
    </ScrollBox>
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
