import { isPanelName, type PanelName } from "../store/view-slice.ts";
import type { LabStore } from "../store/lab-store.ts";

/** The panel that an address names: "#inspect". */
export function panelOfHash(hash: string): PanelName | null {
  const name = hash.slice(1);
  return isPanelName(name) ? name : null;
}

/** Back and forward walk through the panels; the address names the one that is shown. */
export function keepHistory(store: LabStore): void {
  const write = (panel: PanelName, isNew: boolean): void => {
    if (panelOfHash(location.hash) === panel) return;
    if (isNew) history.pushState(null, "", `#${panel}`);
    else history.replaceState(null, "", `#${panel}`);
  };
  write(store.getState().panel, false);
  store.subscribe((state, before) => {
    if (state.panel !== before.panel) write(state.panel, true);
  });
  window.addEventListener("popstate", () => {
    const panel = panelOfHash(location.hash);
    if (panel !== null) store.getState().setPanel(panel);
  });
}
