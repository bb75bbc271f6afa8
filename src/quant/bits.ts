/** How many bits each quantizer gets: one width per tensor role, and exceptions by layer (mixed precision). */
import type { Place } from "./sites.ts";

/** The widths that a user asks for; attention probabilities have their own. */
export type Role = "weights" | "activations" | "attention";

/** Bits of single layers, by node name; a role that is absent keeps the model's width. Attention probabilities are activations of their product. */
export type LayerBits = Readonly<Record<string, { readonly weights?: number | undefined; readonly activations?: number | undefined }>>;

export interface BitWidths {
  readonly weights: number;
  readonly activations: number;
  /** Of attention probabilities where they were asked for separately; exceptions by layer then leave them alone. */
  readonly attention?: number | undefined;
  readonly layers?: LayerBits | undefined;
}

/** The bits of a rule at a place: fixed by the recipe, else the layer's exception, else the user's width for its role. */
export function bitsAt({ bits }: { readonly bits: Role | number }, { node }: Pick<Place, "node">, widths: BitWidths): number {
  if (typeof bits === "number") return bits;
  if (bits === "attention" && widths.attention !== undefined) return widths.attention;
  const role = bits === "weights" ? "weights" : "activations";
  return widths.layers?.[node.name]?.[role] ?? widths[role];
}
