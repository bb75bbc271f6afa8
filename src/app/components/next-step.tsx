import type { ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { useActions, useLab } from "./lab-context.tsx";
import { OpenButtons } from "./open-buttons.tsx";

/** In place of a panel's content while something is missing: what the panel will show, what is missing, and the one thing to do. */
export function NextStep(props: { readonly needs: "model" | "images" | "result"; readonly children?: ReactNode }) {
  const model = useLab((state) => state.model);
  const images = useLab((state) => state.images);
  const lastVerdict = useLab((state) => (props.needs === "result" ? state.lastVerdict : null));
  const job = useLab((state) => (state.job === null || state.job.isBackground ? null : state.job.title));
  const setPanel = useLab((state) => state.setPanel);
  const { compare } = useActions();
  if (job !== null) {
    return (
      <Waiting title={`${job} …`}>
        <p>{props.needs === "result" ? "The first run calibrates, quantizes, and runs both models on every image." : "One moment."}</p>
      </Waiting>
    );
  }
  if (model === null) {
    return (
      <Waiting title="No model is open yet">
        {props.children}
        <OpenButtons isCompact />
      </Waiting>
    );
  }
  if (images === null) {
    return (
      <Waiting title="Now add some images">
        {props.children}
        <p>Drop pictures or a folder of them anywhere on this page.</p>
        <Button className="button primary" onPress={() => setPanel("open")}>
          Go to Open
        </Button>
      </Waiting>
    );
  }
  return (
    <Waiting title={lastVerdict === null ? "Run a comparison first" : "Run it again to see its pictures"}>
      {lastVerdict !== null && <p data-testid="last-verdict">The last run: {lastVerdict}</p>}
      {props.children}
      <p>
        <Button className="button primary" onPress={() => void compare()}>
          Quantize and compare <kbd aria-hidden="true">r</kbd>
        </Button>
      </p>
    </Waiting>
  );
}

function Waiting(props: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="waiting" data-testid="next-step" aria-labelledby="next-step-title">
      <h2 id="next-step-title">{props.title}</h2>
      {props.children}
    </section>
  );
}
