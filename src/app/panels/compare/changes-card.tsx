import { useMemo } from "react";
import { useLab } from "../../components/lab-context.tsx";
import { bitsName, bitsWords, formatBytes, formatDb } from "../../format.ts";
import { roleWords } from "../../results/loss-site.ts";
import { recipeChanges, type LevelChange, type RecipeChanges } from "../../results/recipe-changes.ts";
import type { LabSide } from "../../worker/lab-api.ts";

/** In words, for whoever sees the recipe for the first time: what it does otherwise than the one beside it, and what that changed here. */
export function ChangesCard(props: { readonly shown: LabSide; readonly other: LabSide; readonly labelOf: (recipe: string) => string }) {
  const { shown, other, labelOf } = props;
  const description = useLab((state) => state.recipes.find(({ name }) => name === shown.request.recipe)?.description ?? null);
  const changes = useMemo(() => recipeChanges(shown, other), [shown, other]);
  const [name, otherName] = [labelOf(shown.request.recipe), labelOf(other.request.recipe)];
  const { predictions, levels, clearest } = changes;
  return (
    <section className="card" aria-labelledby="changes-title" data-testid="changes">
      <h2 id="changes-title">
        What {name} changes against {otherName}
      </h2>
      {description !== null && <p>{description}</p>}
      <dl className="facts">
        {predictions !== null && <Fact title="Predictions" text={predictionText(predictions, name, otherName)} />}
        {levels.length > 0 && (
          <div>
            <dt>Levels</dt>
            <dd>
              {levels.map((level) => (
                <p key={level.title}>{levelText(level)}</p>
              ))}
            </dd>
          </div>
        )}
        {clearest !== null && (
          <Fact
            title="Clearest at"
            text={`${placeText(clearest.role)}: ${formatDb(clearest.sqnrDb)} of signal to noise instead of ${formatDb(clearest.otherDb)}, median over its layers`}
          />
        )}
        <Fact title="Cost" text={costText(shown, other)} />
      </dl>
    </section>
  );
}

/** As the error map names it, with what that means. */
function placeText(role: string): string {
  const words = roleWords(role);
  return words === null ? role : `${words} (${role})`;
}

function Fact({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{text}</dd>
    </div>
  );
}

function predictionText(
  { total, otherLost, rescued, newlyLost }: NonNullable<RecipeChanges["predictions"]>,
  name: string,
  otherName: string,
): string {
  if (otherLost === 0) return newlyLost === 0 ? `both keep all ${total}` : `${otherName} keeps all ${total}, ${name} changes ${newlyLost}`;
  const kept = rescued === otherLost ? (otherLost === 1 ? "that one" : `all ${otherLost}`) : `${rescued} of them`;
  return `${otherName} changes ${otherLost} of ${total}; ${name} keeps ${kept} and changes ${newlyLost === 0 ? "no other" : `${newlyLost} that ${otherName} keeps`}`;
}

function levelText({ title, count, now, other }: LevelChange): string {
  const where = count === 1 ? title : `${title} (${count} tensors)`;
  return `${where}: ${now ?? "float"} instead of ${other ?? "float"}`;
}

function costText(shown: LabSide, other: LabSide): string {
  const [bytes, otherBytes] = [shown, other].map(({ size }) => formatBytes(size.quantizedBytes));
  const size = bytes === otherBytes ? `${bytes} both` : `${bytes} instead of ${otherBytes}`;
  return bitsName(shown.request) === bitsName(other.request) ? `${size}; ${bitsWords(shown.request)} in both` : size;
}
