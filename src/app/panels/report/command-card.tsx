import { Button } from "react-aria-components/Button";
import type { ModelCard } from "../../../models/config.ts";
import type { QuantizeRequest } from "../../../runner/comparison.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { MANIFEST_NAME, reproductionCommand } from "../../report/reproduction.ts";
import { saveFile } from "../../save-file.ts";

/** How to make the same numbers without the page. */
export function CommandCard({ card, request }: { readonly card: ModelCard; readonly request: QuantizeRequest }) {
  const modelFiles = useLab((state) => state.modelFiles);
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const { manifest } = useActions();
  const isSample = modelFiles.length === 0;
  const command = reproductionCommand(request, { isSample, modelFiles: modelFiles.map(({ path }) => path), card });
  const save = async (): Promise<void> => {
    const listed = await manifest();
    if (listed !== null) saveFile(MANIFEST_NAME, "application/json", JSON.stringify(listed, null, 2));
    if (listed !== null && request.layerBits !== undefined)
      saveFile("layer-bits.json", "application/json", JSON.stringify(request.layerBits, null, 2));
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
          Download its manifest
        </Button>
      </div>
      <p className="muted small">
        The manifest says which images calibrate and which are judged.
        {!isSample && " Put your own folders in place of the capitals: a browser does not tell where files lie."}
      </p>
    </section>
  );
}
