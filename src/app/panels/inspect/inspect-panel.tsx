import { NextStep } from "../../components/next-step.tsx";
import { PanelHead } from "../../components/panel-head.tsx";

/** What is in the model: blocks, tensors, and which of them are hard to quantize. */
export function Panel() {
  return (
    <>
      <PanelHead title="Inspect" lead="What is in the model: blocks, tensors, and which of them are hard to quantize." />
      <NextStep needs="model" />
    </>
  );
}
