import { errorLevel, TEXT_FLIPS } from "./error-map.ts";

/** Background of a cell on the strip's scale; three stops by CSS variables, so that the picture follows the theme. */
export function heatOfDb(sqnrDb: number): string {
  const level = errorLevel(sqnrDb);
  const [from, to, share] = level < 0.5 ? ["--heat-0", "--heat-1", level * 2] : ["--heat-1", "--heat-2", level * 2 - 1];
  return `color-mix(in oklab, var(${to}) ${(share * 100).toFixed(0)}%, var(${from}))`;
}

/** Classes that give text on that background enough contrast in both themes. */
export function heatTextClass(sqnrDb: number): string {
  const level = errorLevel(sqnrDb);
  return `${level >= TEXT_FLIPS.light ? "white-in-light" : "black-in-light"} ${level >= TEXT_FLIPS.dark ? "black-in-dark" : "white-in-dark"}`;
}
