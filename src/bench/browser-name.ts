/** What the browser is called. All that are built on Chromium answer alike over the debugging protocol; their pages and paths tell them apart. */
export interface Brand {
  readonly brand: string;
}

/** Among the brands is always one that means nothing, so that nobody relies on their order: "Not:A-Brand". */
const MEANINGLESS = /^\W*not.?a.?brand\W*$/i;
/** What every browser of the family says, and what one without a window says instead of its name. */
const SHARED = /^chromium$|^headless/i;

/** `brands`: of `navigator.userAgentData`; `path`: of the executable, for those that keep their name to themselves without a window. */
export function browserName(brands: readonly Brand[], path: string): string {
  const own = brands.map(({ brand }) => brand).find((brand) => !MEANINGLESS.test(brand) && !SHARED.test(brand));
  if (own !== undefined) return own;
  if (/edge/i.test(path)) return "Microsoft Edge";
  return /google[-_ /\\]?chrome/i.test(path) ? "Google Chrome" : "Chromium";
}
