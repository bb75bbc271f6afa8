import { Staircase } from "../../figures/staircase.tsx";
import { useLab } from "../../components/lab-context.tsx";
import { OpenButtons } from "../../components/open-buttons.tsx";

/** The first screen: what this is, and the two ways in. */
export function Hero() {
  const waiting = useLab((state) => state.imageFiles.length);
  const adapter = useLab((state) => state.adapter);
  return (
    <section className="hero" aria-labelledby="hero-title">
      <div className="hero-text">
        <h1 id="hero-title">See what quantization does to your Vision Transformer</h1>
        <p className="lead">
          Drop a ViT and some images. The <span className="float-text">float model</span> and its{" "}
          <span className="quantized-text">quantized twin</span> run side by side on your own GPU, in real 2- to 8-bit integers: what
          changed, where it was lost, and how to win it back.
        </p>
        {adapter.kind === "missing" && (
          <div className="notice warning" role="alert" data-testid="no-adapter">
            <p>
              <strong>{adapter.error.what}</strong> {adapter.error.why}
            </p>
            <p>The CPU computes instead, in the same integer arithmetic, slower; only Bench needs a GPU. {adapter.error.next}</p>
            <p className="muted">
              WebGPU is in Chrome and Edge 113 or newer, Safari 26, and Firefox 141 on Windows. The page must be opened over https or from
              localhost. <code>{adapter.error.code}</code>
            </p>
          </div>
        )}
        <div className="drop-panel">
          <OpenButtons isCompact={false} />
          <p className="muted">
            or drop anywhere on this page: <code>.safetensors</code> with its <code>config.json</code>, images, a label <code>.csv</code>,
            or whole folders.
          </p>
          {waiting > 0 && (
            <p data-testid="waiting-images">
              <strong>
                {waiting} image {waiting === 1 ? "file is" : "files are"} waiting.
              </strong>{" "}
              Now drop a model.
            </p>
          )}
        </div>
        <p className="muted">Your files stay on this computer: nothing is uploaded, and the page works offline once loaded.</p>
      </div>
      <Staircase />
    </section>
  );
}
