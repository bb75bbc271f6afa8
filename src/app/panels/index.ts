import { panel } from "./panel.ts";
import type { PanelEntry } from "./panel.ts";

/** The nine panels in the order of the rail: name, title, key, icon, and where the content comes from. */
// prettier-ignore
export const panels: readonly PanelEntry[] = [
  panel("open", "Open", "1", "M3 7v12h18V9h-9l-2-3H3z", () => import("./open/open-panel.tsx")),
  panel("inspect", "Inspect", "2", "M4 5h7v6H4zM4 15h7v4H4zM15 5h5v4h-5zM15 13h5v6h-5z", () => import("./inspect/inspect-panel.tsx")),
  panel("data", "Data", "3", "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01", () => import("./data/data-panel.tsx")),
  panel("recipe", "Recipe", "4", "M5 4v16M12 4v16M19 4v16M3 9h4M10 15h4M17 7h4", () => import("./recipe/recipe-panel.tsx")),
  panel("compare", "Compare", "5", "M3 5h7v14H3zM14 5h7v14h-7zM10 12h4", () => import("./compare/compare-panel.tsx")),
  panel("diagnose", "Diagnose", "6", "M3 12h4l3-8 4 16 3-8h4", () => import("./diagnose/diagnose-panel.tsx")),
  panel("sweep", "Sweep", "7", "M4 4v16h16M7 16l4-3 3-5 5-2", () => import("./sweep/sweep-panel.tsx")),
  panel("bench", "Bench", "8", "M4 18a9 9 0 1 1 16 0M12 15l4-6", () => import("./bench/bench-panel.tsx")),
  panel("report", "Report", "9", "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6", () => import("./report/report-panel.tsx")),
];
