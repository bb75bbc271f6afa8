import { Button } from "react-aria-components/Button";
import { ChoiceSegments } from "../../components/choice.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { bitsName } from "../../format.ts";
import { recipeLabel } from "../../store/engine-slice.ts";

const BATCHES = [1, 8, 32] as const;
/** On a software adapter a large batch takes minutes. */
const SOFTWARE_BATCHES = [1, 4] as const;

/** Which forward is measured, and the button that does it. */
export function RunCard() {
  const adapter = useLab((state) => state.adapter);
  const chosen = useLab((state) => state.benchRequest);
  const choose = useLab((state) => state.setBenchRequest);
  const quantized = useLab((state) => state.result?.main.request ?? null);
  const recipes = useLab((state) => state.recipes);
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const { profile, runOnSoftwareAdapter } = useActions();
  const usesSoftware = useLab((state) => state.usesSoftwareAdapter);
  const isSoftware = adapter.kind === "ready" && adapter.adapter.isSoftware;
  const model = quantized === null && chosen.model === "quantized" ? "float" : chosen.model;
  return (
    <section className="card" aria-labelledby="bench-run-title" data-testid="bench-run">
      <h2 id="bench-run-title">What to measure</h2>
      <div className="fields">
        <ChoiceSegments
          label="Model"
          testId="bench-model"
          value={model}
          choices={[
            { value: "float", label: "Float" },
            { value: "float16", label: "Float, stored in 16 bits" },
            ...(quantized === null
              ? []
              : [{ value: "quantized", label: `${recipeLabel(recipes, quantized.recipe)} ${bitsName(quantized)}` } as const]),
          ]}
          onChange={(value) => choose({ model: value })}
        />
        <ChoiceSegments
          label="Images in a forward"
          testId="bench-images"
          value={chosen.images}
          choices={(isSoftware ? SOFTWARE_BATCHES : BATCHES).map((images) => ({ value: images, label: String(images) }))}
          onChange={(images) => choose({ images })}
        />
      </div>
      {quantized === null && <p className="muted small">After a comparison its quantized model can be measured too.</p>}
      {isSoftware && (
        <>
          <p className="notice warning" data-testid="bench-software">
            <span aria-hidden="true">▲ </span>This is a software adapter: it computes on the processor. Its times are shown as such, but
            nothing is ranked by them, because on a GPU the order is another.
          </p>
          <ChoiceSegments
            label="Comparisons, diagnoses and sweeps run on"
            testId="software-use"
            value={usesSoftware ? "adapter" : "webassembly"}
            choices={[
              { value: "webassembly", label: "WebAssembly: the same integers, faster here" },
              { value: "adapter", label: "the software adapter" },
            ]}
            onChange={(value) => void runOnSoftwareAdapter(value === "adapter")}
          />
        </>
      )}
      <div className="row">
        <Button className="button primary" isDisabled={isBusy} data-testid="start-profile" onPress={() => void profile()}>
          Profile this forward
        </Button>
        <p className="muted small">Leave the tab in front: what else the GPU draws is in the times.</p>
      </div>
    </section>
  );
}
