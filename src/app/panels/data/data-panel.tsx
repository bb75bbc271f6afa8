import { NextStep } from "../../components/next-step.tsx";
import { PanelHead } from "../../components/panel-head.tsx";

/** Which images calibrate, which judge, and whether both can be trusted. */
export function Panel() {
  return (
    <>
      <PanelHead title="Data" lead="Which images calibrate, which judge, and whether both can be trusted." />
      <NextStep needs="images" />
    </>
  );
}
