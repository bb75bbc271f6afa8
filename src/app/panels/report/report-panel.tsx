import { NextStep } from "../../components/next-step.tsx";
import { PanelHead } from "../../components/panel-head.tsx";

/** The result as a file that opens anywhere, and the command that makes it again. */
export function Panel() {
  return (
    <>
      <PanelHead title="Report" lead="The result as a file that opens anywhere, and the command that makes it again." />
      <NextStep needs="result" />
    </>
  );
}
