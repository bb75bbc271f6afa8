import { useLab } from "../../components/lab-context.tsx";
import { formatBits, formatBytes, formatPercent } from "../../format.ts";
import { estimateCost } from "../../../runner/rules/estimate-cost.ts";
import type { QuantizeRequest } from "../../../runner/comparison.ts";
import type { LabRecipeSites, RecipeChoice } from "../../worker/lab-api.ts";

/** What a method that gives layers bits of their own will do at these. */
function mixedNote(
  { isMixed, mixedAt }: RecipeChoice,
  { weightBits, activationBits }: Pick<QuantizeRequest, "weightBits" | "activationBits">,
) {
  if (!isMixed) return null;
  if (mixedAt === null) return "This method gives layers bits of its own, at these on average; rules hold over them.";
  if (weightBits !== activationBits || !mixedAt.includes(weightBits)) return null;
  return "At these bits the method gives layers bits of its own where the predictions are near enough for that to help, at these on average; rules hold over them.";
}

/** What the recipe will take, before it runs: nothing but shapes is needed for it. */
export function CostLine({ shown: { sites, floatBytes } }: { readonly shown: LabRecipeSites }) {
  const controls = useLab((state) => state.controls);
  const note = useLab((state) => {
    const recipe = state.recipes.find(({ name }) => name === state.controls.recipe);
    return recipe === undefined ? null : mixedNote(recipe, state.controls);
  });
  const cost = estimateCost(sites, floatBytes, controls);
  const plain = estimateCost(sites, floatBytes, { ...controls, rules: [] });
  const more = cost.quantizedBytes - plain.quantizedBytes;
  return (
    <dl className="cost-line" data-testid="cost" data-bytes={cost.quantizedBytes}>
      <div>
        <dt>Size</dt>
        <dd>
          {formatBytes(cost.quantizedBytes)}{" "}
          <span className="muted">
            of {formatBytes(floatBytes)} in float, {formatPercent(cost.quantizedBytes / floatBytes)}
          </span>
        </dd>
      </div>
      <div>
        <dt>Bits per weight</dt>
        <dd data-testid="weight-bits-mean">{formatBits(cost.effectiveBits.weights)}</dd>
      </div>
      <div>
        <dt>Bits per activation</dt>
        <dd>{formatBits(cost.effectiveBits.activations)}</dd>
      </div>
      <div>
        <dt>Rules add</dt>
        <dd>{more === 0 ? "nothing" : `${more > 0 ? "+" : "−"}${formatBytes(Math.abs(more))}`}</dd>
      </div>
      {note !== null && <p className="muted small">{note}</p>}
    </dl>
  );
}
