import { useEffect } from "react";
import { useActions } from "./lab-context.tsx";

const NOT_OURS = "input[type=text], input[type=search], textarea, select, [contenteditable], dialog, [role=listbox]";

/** r runs, Escape cancels, ? helps; not while typing, not with modifier keys, not under a dialog or an open list. */
export function useShortcuts(onHelp: () => void): void {
  const { compare, cancel } = useActions();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const target = event.target instanceof Element ? event.target : null;
      // In a list, letters search.
      if (target !== null && target.closest(NOT_OURS) !== null) return;
      if (event.key === "r") void compare();
      else if (event.key === "Escape") cancel();
      else if (event.key === "?") onHelp();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [compare, cancel, onHelp]);
}
