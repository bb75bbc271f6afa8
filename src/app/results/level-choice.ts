import type { LevelSite } from "../worker/lab-api.ts";

/** What somebody asked to see; null until they have. */
export interface LevelWish {
  readonly title: string | null;
  readonly block: number | null;
  readonly entry: number;
}

export const NO_WISH: LevelWish = { title: null, block: null, entry: 0 };

export interface LevelChoice {
  /** Every kind of tensor, as the network comes to it. */
  readonly titles: readonly string[];
  /** Blocks that have the chosen kind; empty outside the blocks. */
  readonly blocks: readonly number[];
  readonly site: LevelSite;
  readonly entry: number;
}

/** Where most methods differ. */
const FIRST_TITLE = "attention probabilities";

/** The site that a wish means among those that there are: another recipe may quantize other places. null where nothing is quantized. */
export function levelChoice(sites: readonly LevelSite[], wish: LevelWish): LevelChoice | null {
  const titles = [...new Set(sites.map(({ title }) => title))];
  const title = [wish.title, FIRST_TITLE].find((candidate) => candidate !== null && titles.includes(candidate)) ?? titles.at(0);
  const alike = sites.filter((site) => site.title === title);
  const site = alike.find(({ block }) => block === wish.block) ?? alike.at(0);
  if (site === undefined) return null;
  const blocks = alike.flatMap(({ block }) => (block === null ? [] : [block]));
  return { titles, blocks, site, entry: Math.min(wish.entry, site.entries - 1) };
}

/** "4 bits, uniform, head 2 of 3". */
export function quantizerText({ scheme, bits, part, entries }: LevelSite, entry: number): string {
  if (part === null) return `${bits} bits, ${scheme}; one quantizer for the whole tensor`;
  if (part === "row") return `${bits} bits, ${scheme}; fitted to each row while the model runs`;
  return `${bits} bits, ${scheme}; ${part} ${entry} of ${entries}, each with a quantizer of its own`;
}
