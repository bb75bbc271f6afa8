import { PanelHead } from "../../components/panel-head.tsx";
import { ControlsCard } from "./controls-card.tsx";

/** Which method quantizes, at how many bits. */
export function Panel() {
  return (
    <>
      <PanelHead title="Recipe" lead="How to quantize: the method and how many bits it may use." />
      <div className="card-columns">
        <ControlsCard />
      </div>
    </>
  );
}
