import { NextStep } from "../../components/next-step.tsx";
import { PanelHead } from "../../components/panel-head.tsx";

/** What the model costs on this adapter. */
export function Panel() {
  return (
    <>
      <PanelHead title="Bench" lead="What the model costs on this adapter." />
      <NextStep needs="model" />
    </>
  );
}
