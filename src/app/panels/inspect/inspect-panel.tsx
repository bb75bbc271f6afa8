import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "react-aria-components/Button";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { SearchField } from "react-aria-components/SearchField";
import { constantTensors } from "../../../runner/inspect/constant-tensors.ts";
import { PREVIEW_BITS } from "../../../runner/inspect/weight-difficulty.ts";
import { ChoiceSegments } from "../../components/choice.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { NextStep } from "../../components/next-step.tsx";
import { PanelHead } from "../../components/panel-head.tsx";
import { formatCount } from "../../format.ts";
import { NETWORK_ORDER, tensorRows, WHOLE } from "../../results/tensor-rows.ts";
import type { InspectedTensor } from "../../../runner/inspect/inspect-graph.ts";
import { BlockTree } from "./block-tree.tsx";
import { DifficultyMap } from "./difficulty-map.tsx";
import { TensorTable } from "./tensor-table.tsx";

const LEAD = "What is in the model: blocks, tensors, and which weights are hard to round, before any image is seen.";

/** Statistics of the open model's weights; they are read the first time somebody comes here. */
export function Panel() {
  const model = useLab((state) => state.model);
  const tensors = useLab((state) => state.tensors);
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const { inspect } = useActions();
  const asked = useRef<unknown>(null);
  useEffect(() => {
    // Once for each model: after a cancel, the button below asks again.
    if (model === null || tensors !== null || isBusy || asked.current === model) return;
    asked.current = model;
    void inspect();
  }, [model, tensors, isBusy, inspect]);
  return (
    <>
      <PanelHead title="Inspect" lead={LEAD} />
      {model === null || (isBusy && tensors === null) ? (
        <NextStep needs="model" />
      ) : tensors === null ? (
        <section className="waiting">
          <h2>The weights have not been read</h2>
          <Button className="button primary" onPress={() => void inspect()}>
            Read the weights
          </Button>
        </section>
      ) : (
        <>
          <ConstantWeights tensors={tensors} />
          <Inspection tensors={tensors} storedAs={model.card.weightDtype} />
        </>
      )}
    </>
  );
}

function Inspection({ tensors, storedAs }: { readonly tensors: readonly InspectedTensor[]; readonly storedAs: string }) {
  const [bits, setBits] = useState<number>(4);
  const [branch, setBranch] = useState(WHOLE);
  const [search, setSearch] = useState("");
  const [order, setOrder] = useState(NETWORK_ORDER);
  const searchField = useRef<HTMLInputElement>(null);
  const bitsIndex = PREVIEW_BITS.findIndex((candidate) => candidate === bits);
  const rows = useMemo(() => tensorRows(tensors, branch, search, order, bitsIndex), [tensors, branch, search, order, bitsIndex]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== "/" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest("input, textarea, dialog") !== null) return;
      event.preventDefault();
      searchField.current?.focus();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  return (
    <div className="inspect">
      <DifficultyMap
        tensors={tensors}
        bits={bits}
        bitsIndex={bitsIndex}
        onChoose={({ block, layer }) => setBranch({ block: block ?? "outside", layer })}
      >
        <ChoiceSegments
          label="Bits"
          testId="preview-bits"
          value={bits}
          choices={PREVIEW_BITS.map((value) => ({ value, label: String(value) }))}
          onChange={setBits}
        />
      </DifficultyMap>
      <BlockTree tensors={tensors} bitsIndex={bitsIndex} branch={branch} onBranch={setBranch} />
      <section className="card tensor-card" aria-labelledby="tensors-title">
        <div className="card-head">
          <div>
            <h2 id="tensors-title">Tensors</h2>
            <output className="muted small" data-testid="tensor-count">
              {rows.length === tensors.length ? `${tensors.length}` : `${rows.length} of ${tensors.length}`},{" "}
              {formatCount(rows.reduce((sum, { elements }) => sum + elements, 0))} parameters
            </output>
          </div>
          <SearchField className="search" value={search} onChange={setSearch} data-testid="tensor-search">
            <Label>
              Search <kbd aria-hidden="true">/</kbd>
            </Label>
            <Input ref={searchField} className="input" placeholder="fc2 weight" />
          </SearchField>
        </div>
        <TensorTable rows={rows} order={order} onOrder={setOrder} bits={bits} bitsIndex={bitsIndex} storedAs={storedAs} />
      </section>
    </div>
  );
}

/** Layers that were never trained, or were lost in a conversion. */
function ConstantWeights({ tensors }: { readonly tensors: readonly InspectedTensor[] }) {
  const found = constantTensors(tensors);
  if (found.length === 0) return null;
  const shown = found.slice(0, 6).map(({ name, low }) => `${name} (${low})`);
  return (
    <p className="notice warning" data-testid="constant-weights">
      <span aria-hidden="true">▲ </span>
      {found.length === 1 ? "One weight holds" : `${found.length} weights hold`} a single value, as before training or after a faulty
      conversion: {shown.join(", ")}
      {found.length > shown.length && ` and ${found.length - shown.length} more`}.
      {found.some(({ layer }) => /(^|\.)head(_dist)?$/.test(layer)) && " The classifier looks untrained."}
    </p>
  );
}
