import type { LayerError } from "../../runner/comparison.ts";
import { SCALE_DB } from "../results/error-map.ts";

/** Colours of Model Explorer's overlay: the strip's scale in its light theme, from lost to clean. */
const GRADIENT = [
  { stop: 0, bgColor: "#7c1f0c" },
  { stop: 0.5, bgColor: "#f2ae5c" },
  { stop: 1, bgColor: "#eef0ee" },
] as const;

/**
 * Layer errors as a Model Explorer node-data file: SQNR in dB by the name of the tensor, clamped to the strip's scale, because the viewer
 * spreads its gradient between the smallest and the largest value. NaN and layers without a name are left out.
 */
export function nodeData(name: string, layers: readonly LayerError[]): string {
  const known = layers.filter(({ sqnrDb }) => !Number.isNaN(sqnrDb));
  const clamped = (sqnrDb: number): number => Math.min(SCALE_DB.clean, Math.max(SCALE_DB.lost, sqnrDb));
  const results = Object.fromEntries(known.map((layer) => [layer.name, { value: Number(clamped(layer.sqnrDb).toFixed(3)) }]));
  return JSON.stringify({ name: `${name}: SQNR (dB)`, results, gradient: GRADIENT }, null, 2);
}
