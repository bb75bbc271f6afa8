import type { Cells } from "../../quant/rules/set-bits.ts";
import type { RecipeSite } from "../../quant/rules/recipe-site.ts";
import type { QuantizeRequest } from "../../runner/comparison.ts";
import { differs, rowOf, settingsOf } from "./bit-grid.ts";
import { changeText } from "./rule-text.ts";

/** What the rules change about the recipe, alike in several blocks or layers. */
export interface Difference {
  /** "fc2 input", or the layer where it is outside the blocks. */
  readonly title: string;
  /** "blocks 0, 3 and 4", "every block"; null outside the blocks. */
  readonly blocks: string | null;
  /** "4 bits, uniform, per tensor": what differs of it. */
  readonly before: string;
  readonly after: string;
  readonly cells: Cells;
}

export function recipeDifference(sites: readonly RecipeSite[], request: QuantizeRequest): readonly Difference[] {
  const groups = new Map<string, { title: string; before: string; after: string; members: RecipeSite[] }>();
  for (const site of sites) {
    const { now, own } = settingsOf(site, request);
    if (now === null || own === null || !differs(now, own)) continue;
    const title = site.block === null ? `${site.layer} ${site.site}` : rowOf(site);
    const [before, after] = [changed(own, now), changed(now, own)].map(changeText);
    const key = [title, before, after].join("|");
    const group = groups.get(key) ?? { title, before: before ?? "", after: after ?? "", members: [] };
    group.members.push(site);
    groups.set(key, group);
  }
  const blockCount = new Set(sites.flatMap(({ block }) => block ?? [])).size;
  return [...groups.values()].map(({ title, before, after, members }) => ({
    title,
    blocks: blocksOf(members, blockCount),
    before,
    after,
    cells: { layers: [...new Set(members.map(({ layer }) => layer))], sites: [...new Set(members.map(({ site }) => site))] },
  }));
}

/** The properties of `a` that `b` does not share. */
function changed<T extends object>(a: T, b: T): Partial<T> {
  return Object.fromEntries(Object.entries(a).filter(([key, value]) => b[key as keyof T] !== value)) as Partial<T>;
}

function blocksOf(members: readonly RecipeSite[], blockCount: number): string | null {
  const blocks = [...new Set(members.flatMap(({ block }) => (block === null ? [] : [block])))];
  if (blocks.length === 0) return null;
  if (blocks.length === blockCount) return "every block";
  return blocks.length === 1 ? `block ${blocks[0]}` : `blocks ${blocks.slice(0, -1).join(", ")} and ${blocks.at(-1)}`;
}
