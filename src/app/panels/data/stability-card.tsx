import { Button } from "react-aria-components/Button";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { TableView } from "../../figures/table-view.tsx";
import { formatNumber, formatPercent } from "../../format.ts";
import { recipeLabel } from "../../store/engine-slice.ts";
import type { ImageSet, LabStability } from "../../worker/lab-api.ts";

const SHOWN = 6;
/** Below a tenth, another half would hardly have given other codes; beyond a half, one image decides. */
const STEADY = 0.1;
const SHAKY = 0.5;

/** Would other images have given other scales? The recipe on two disjoint halves of the calibration images. */
export function StabilityCard({ images }: { readonly images: ImageSet }) {
  const stability = useLab((state) => state.stability);
  const recipes = useLab((state) => state.recipes);
  const recipe = useLab((state) => state.controls.recipe);
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const { stability: measure } = useActions();
  const half = images.calibrationCount >> 1;
  return (
    <section className="card" aria-labelledby="stability-title" data-testid="stability-card">
      <h2 id="stability-title">Would other images give other scales?</h2>
      {stability === null ? (
        <p>
          Calibrates {recipeLabel(recipes, recipe)} on two disjoint halves of the calibration images ({half} each) and compares every scale.
        </p>
      ) : (
        <Spreads stability={stability} label={recipeLabel(recipes, stability.recipe)} />
      )}
      <div>
        <Button className="button" isDisabled={isBusy || half < 1} onPress={() => void measure()}>
          {stability === null ? "Calibrate both halves" : "Measure again"}
        </Button>
      </div>
    </section>
  );
}

function Spreads({ stability, label }: { readonly stability: LabStability; readonly label: string }) {
  const { sites, medianSpread, halfCount } = stability;
  const worst = sites.slice(0, SHOWN);
  const shaky = sites.filter(({ spread }) => spread > SHAKY).length;
  const largest = Math.max(STEADY, ...worst.map(({ spread }) => spread));
  const nameOf = ({ title, block }: (typeof sites)[number]): string => (block === null ? title : `block ${block}, ${title}`);
  return (
    <>
      <p data-testid="stability-summary">
        <strong>{medianSpread < STEADY ? "✓ Steady" : medianSpread < SHAKY ? "○ Some spread" : "▲ Unsteady"}:</strong> scales of {label} on{" "}
        {halfCount} and {halfCount} other images differ by {formatPercent(medianSpread)} in the middle
        {shaky > 0 ? `, by more than half at ${shaky} of ${sites.length} places` : ""}.
        {shaky > 0 && " More calibration images, or a method that clips outliers, would steady them."}
      </p>
      <table className="spread-table">
        <caption className="visually-hidden">Places whose scales differ most</caption>
        <tbody>
          {worst.map((site) => (
            <tr key={site.id}>
              <th scope="row">{nameOf(site)}</th>
              {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label -- a bar; the next cell tells its number */}
              <td>
                <span className="spread-bar" aria-hidden="true" style={{ width: `${(100 * site.spread) / largest}%` }} />
              </td>
              <td>{formatPercent(site.spread)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <TableView
        caption="Scales of both halves"
        columns={["Place", "First half", "Second half", "Spread"]}
        rows={sites.map((site) => [nameOf(site), formatNumber(site.first), formatNumber(site.second), formatPercent(site.spread)])}
      />
    </>
  );
}
