/** Every operand that a recipe quantizes in a model, what the recipe makes of it, and what rules can make of it: without any data. */
import type { Graph } from "../../graph/graph.ts";
import { blockPlaces } from "../../graph/blocks.ts";
import { attribute, headsOf, sitesOf } from "../../graph/ops.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { granularityAt, isLayer, type Place } from "../sites.ts";
import type { RecipeSite } from "./recipe-site.ts";
import { optionsAt } from "./rule-options.ts";

export function recipeSites(graph: Graph, recipe: Recipe): RecipeSite[] {
  const placeOf = blockPlaces(graph.nodes.map(({ name }) => name));
  return graph.nodes.filter(isLayer).flatMap((node) => {
    const { block, role: part } = placeOf(node.name);
    return sitesOf(node.op).map((site) => {
      const place = { graph, node, site };
      const rule = recipe.rules.find(({ where }) => where(place));
      const own = rule ? { ...rule, granularity: granularityAt(rule, place) } : null;
      return {
        layer: node.name,
        site,
        block,
        part,
        own: own && { bits: own.bits, scheme: own.scheme, granularity: own.granularity },
        options: own ? optionsAt(place, own, recipe) : [],
        isGemm: sitesOf(node.op).includes("weight"),
        ...sizeOf(place),
      };
    });
  });
}

function sizeOf({ graph, node, site }: Place): Pick<RecipeSite, "count" | "entries"> {
  if (site === "weight") {
    const { shape } = node.weights.weight;
    return { count: elementCount(shape), entries: { "per tensor": 1, "per row": shape[0] } };
  }
  const read = graph.shapes[node.inputs[site === "value" ? 1 : 0]];
  const width = read.at(-1) ?? 0;
  if (site === "input") return { count: elementCount(read), entries: { "per tensor": 1, "per column": width } };
  if (site === "probabilities") return { count: elementCount(read), entries: { "per tensor": 1 } };
  const heads = site === "value" ? headsOf(graph.shapes[node.inputs[0]], read) : attribute(node, "numHeads");
  return { count: elementCount(read) / 3, entries: { "per tensor": 1, "per head": heads, "per column": width / 3 } };
}
