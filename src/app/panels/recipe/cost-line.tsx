import { useLab } from "../../components/lab-context.tsx";
import { formatBits, formatBytes, formatPercent } from "../../format.ts";
import { estimateCost } from "../../../runner/rules/estimate-cost.ts";
import type { QuantizeRequest } from "../../../runner/comparison.ts";
import type { LabRecipeSites, RecipeChoice } from "../../worker/lab-api.ts";

function isMixedAt(
  { isMixed, mixedAt }: RecipeChoice,
  { weightBits, activationBits }: Pick<QuantizeRequest, "weightBits" | "activationBits">,
) {
  return isMixed && (mixedAt === null || (weightBits === activationBits && mixedAt.includes(weightBits)));
}

/** What the recipe will take, before it runs: nothing but shapes is needed for it. */
export function CostLine({ shown: { sites, floatBytes } }: { readonly shown: LabRecipeSites }) {
  const controls = useLab((state) => state.controls);
  const isMixed = useLab((state) => {
    const recipe = state.recipes.find(({ name }) => name === state.controls.recipe);
    return recipe !== undefined && isMixedAt(recipe, state.controls);
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
      {isMixed && <p className="muted small">This method gives layers bits of its own, at these on average; rules hold over them.</p>}
    </dl>
  );
}
