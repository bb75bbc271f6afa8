import { SplitTable } from "../../figures/split-table.tsx";
import { formatNats } from "../../format.ts";
import type { ErrorSplit } from "../../../runner/diagnose/split-error.ts";

/** Weights or activations? */
export function SplitSection({ split }: { readonly split: ErrorSplit }) {
  return (
    <section className="card" aria-labelledby="split-title">
      <h2 id="split-title">{verdictOf(split)}</h2>
      <SplitTable split={split} />
      <p className="muted small">KL divergence of the classes from the float model, over {split.imageCount} images, simulated in float.</p>
    </section>
  );
}

function verdictOf({ weights, activations, both }: ErrorSplit): string {
  const [w, a] = [weights.klDivergence, activations.klDivergence];
  if (both.klDivergence === 0) return "Neither weights nor activations lose anything";
  if (w > 2 * a) return `Weights lose most: ${formatNats(w)} alone, ${formatNats(both.klDivergence)} with activations`;
  if (a > 2 * w) return `Activations lose most: ${formatNats(a)} alone, ${formatNats(both.klDivergence)} with weights`;
  return "Weights and activations both lose";
}
