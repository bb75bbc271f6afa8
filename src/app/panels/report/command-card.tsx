import { Button } from "react-aria-components/Button";
import type { ModelCard } from "../../../models/config.ts";
import { printRecipe } from "../../../runner/rules/recipe-document.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { LAYER_BITS_NAME, MANIFEST_NAME, RECIPE_NAME, reproductionCommand, type Run } from "../../report/reproduction.ts";
import { saveFile } from "../../save-file.ts";

/** How to make the same numbers without the page. */
export function CommandCard(props: {
  readonly card: ModelCard;
  readonly run: Run;
  /** Chosen instead of the model's own; null where nothing was. */
  readonly preprocessing: string | null;
}) {
  const { card, run, preprocessing } = props;
  const { request } = run;
  const modelFiles = useLab((state) => state.modelFiles);
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const { manifest } = useActions();
  const isSample = modelFiles.length === 0;
  const command = reproductionCommand(run, { isSample, modelFiles: modelFiles.map(({ path }) => path), card, preprocessing });
  const hasRules = request.rules !== undefined && request.rules.length > 0;
  const save = async (): Promise<void> => {
    const listed = await manifest();
    if (listed === null) return;
    saveFile(MANIFEST_NAME, "application/json", JSON.stringify(listed, null, 2));
    if (request.layerBits !== undefined) saveFile(LAYER_BITS_NAME, "application/json", JSON.stringify(request.layerBits, null, 2));
    if (hasRules) saveFile(RECIPE_NAME, "application/json", printRecipe(request));
  };
  return (
    <section className="card" aria-labelledby="command-title" data-testid="command-card">
      <h2 id="command-title">Make it again without the page</h2>
      <pre className="command">
        <code>{command}</code>
      </pre>
      <div className="row">
        <CopyButton text={command} label="Copy command" />
        <Button className="button" isDisabled={isBusy} onPress={() => void save()}>
          {hasRules ? "Download its manifest and recipe" : "Download its manifest"}
        </Button>
      </div>
      <p className="muted small">
        The manifest says which images calibrate and which are judged.
        {!isSample && " Put your own folders in place of the capitals: a browser does not tell where files lie."}
      </p>
    </section>
  );
}
