import { useEffect, useRef } from "react";
import { panels } from "../panels/index.ts";
import type { PanelEntry } from "../panels/panel.ts";
import { useLab } from "./lab-context.tsx";

/** The way between the panels: at the left, or below on a narrow screen. */
export function Rail() {
  const current = useLab((state) => state.panel);
  return (
    <nav className="rail" aria-label="Panels">
      <ul>
        {panels.map((entry) => (
          <RailItem key={entry.name} entry={entry} isCurrent={entry.name === current} />
        ))}
      </ul>
    </nav>
  );
}

function RailItem({ entry, isCurrent }: { readonly entry: PanelEntry; readonly isCurrent: boolean }) {
  const setPanel = useLab((state) => state.setPanel);
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isCurrent) link.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isCurrent]);
  return (
    <li>
      <a
        ref={link}
        className="rail-item"
        href={`#${entry.name}`}
        aria-current={isCurrent ? "page" : undefined}
        aria-keyshortcuts={entry.key}
        title={`${entry.title} (${entry.key})`}
        data-testid={`panel-${entry.name}`}
        onPointerEnter={() => void entry.preload().catch(() => undefined)}
        onClick={(event) => {
          event.preventDefault();
          setPanel(entry.name);
        }}
      >
        <svg className="rail-icon" viewBox="0 0 24 24" aria-hidden="true">
          <path d={entry.icon} />
        </svg>
        <span className="rail-title">{entry.title}</span>
        <kbd className="rail-key" aria-hidden="true">
          {entry.key}
        </kbd>
      </a>
    </li>
  );
}
