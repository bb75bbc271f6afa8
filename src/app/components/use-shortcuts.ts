import { useEffect } from "react";
import { panels } from "../panels/index.ts";
import { areShortcutsOn } from "../shortcuts-setting.ts";
import { useActions, useLab } from "./lab-context.tsx";

const NOT_OURS = "input[type=text], input[type=search], textarea, select, [contenteditable], dialog, [role=listbox]";

/** 1 to 9 lead to the panels, r runs, Escape cancels, ? helps; not while typing, not with modifier keys, not under a dialog or an open list. */
export function useShortcuts(onHelp: () => void): void {
  const { compare, cancel } = useActions();
  const setPanel = useLab((state) => state.setPanel);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const target = event.target instanceof Element ? event.target : null;
      if (event.key !== "Escape" && !areShortcutsOn()) return;
      // In a list, letters search.
      if (target !== null && target.closest(NOT_OURS) !== null) return;
      const panel = panels.find(({ key }) => key === event.key);
      if (panel !== undefined) setPanel(panel.name);
      else if (event.key === "r") void compare();
      else if (event.key === "Escape") cancel();
      else if (event.key === "?") onHelp();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [compare, cancel, setPanel, onHelp]);
}
