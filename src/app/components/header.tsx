import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { Tooltip, TooltipTrigger } from "react-aria-components/Tooltip";
import { applyTheme, nextTheme, readTheme } from "../theme.ts";
import { AdapterPill } from "./adapter-pill.tsx";
import { ContextChips } from "./context-chips.tsx";
import { SelfTestBadge } from "./self-test-badge.tsx";

/** Name, the machine that computes, and the page's own switches. */
export function Header({ onHelp }: { readonly onHelp: () => void }) {
  return (
    <header className="header">
      <p className="brand">
        <span className="brand-mark" aria-hidden="true" />
        Vitrine
      </p>
      <ContextChips />
      <div className="header-pills">
        <AdapterPill />
        <SelfTestBadge />
      </div>
      <div className="header-buttons">
        <ThemeButton />
        <TooltipTrigger delay={400}>
          <Button className="button icon" aria-label="Help" onPress={onHelp}>
            ?
          </Button>
          <Tooltip className="tooltip">Help and keys (?)</Tooltip>
        </TooltipTrigger>
      </div>
    </header>
  );
}

const THEME_MARK = { system: "◐", light: "☀", dark: "☾" } as const;

function ThemeButton() {
  const [theme, setTheme] = useState(readTheme);
  const following = nextTheme(theme);
  return (
    <TooltipTrigger delay={400}>
      <Button
        className="button icon"
        aria-label={`Theme: ${theme}. Switch to ${following}`}
        data-testid="theme"
        onPress={() => {
          applyTheme(following);
          setTheme(following);
        }}
      >
        <span aria-hidden="true">{THEME_MARK[theme]}</span>
      </Button>
      <Tooltip className="tooltip">Theme: {theme}</Tooltip>
    </TooltipTrigger>
  );
}
