import { NextStep } from "../../components/next-step.tsx";
import { PanelHead } from "../../components/panel-head.tsx";

/** Several recipes and bit settings on the same images, error against size. */
export function Panel() {
  return (
    <>
      <PanelHead title="Sweep" lead="Several recipes and bit settings on the same images, error against size." />
      <NextStep needs="images" />
    </>
  );
}
