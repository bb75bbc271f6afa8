import { Button } from "react-aria-components/Button";
import type { Roofline } from "../../../gpu/roofline/roofline.ts";
import type { AdapterTuning } from "../../../runner/tune/adapter-tuning.ts";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { ScrollTable } from "../../components/scroll-table.tsx";
import { formatDuration, formatMs, formatRate, hiddenText } from "../../format.ts";
import { tunedShapes, type TunedShape } from "../../results/bench-rows.ts";

/** Which kernels run the linear layers on this adapter, and what it can do at most. */
export function TuningCard() {
  const tuning = useLab((state) => state.tuning);
  const hiddenMs = useLab((state) => state.tuningHiddenMs);
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const { tune, forgetTuning } = useActions();
  return (
    <section className="card" aria-labelledby="tuning-title" data-testid="tuning" data-tuned={tuning !== null}>
      <h2 id="tuning-title">{tuning === null ? "This adapter has not been tuned" : headline(tuning)}</h2>
      {tuning === null ? (
        <p>
          Every kernel of the ladder is tried on the shapes of the chosen forward, and the adapter's own limits are measured: about a second
          on a GPU, once the kernels are compiled. Integers stay the same to the bit, whatever is chosen; the choice is kept in this
          browser, for this adapter.
        </p>
      ) : (
        <Measured tuning={tuning} />
      )}
      {tuning !== null && hiddenMs > 0 && (
        <p className="notice warning" data-testid="hidden-tuning">
          <span aria-hidden="true">▲ </span>While it was measured {hiddenText(hiddenMs)}, and browsers slow down what is hidden: forget the
          tuning and tune again with the tab in front.
        </p>
      )}
      <div className="row">
        <Button className="button" isDisabled={isBusy} data-testid="start-tune" onPress={() => void tune()}>
          {tuning === null ? "Tune this adapter" : "Tune what is new in the chosen forward"}
        </Button>
        {tuning !== null && (
          <Button className="button" isDisabled={isBusy} data-testid="forget-tuning" onPress={() => void forgetTuning()}>
            Forget the tuning
          </Button>
        )}
      </div>
    </section>
  );
}

const compiledText = ({ compileMs }: AdapterTuning["gemm"]) =>
  compileMs === undefined ? "" : `; compiling what was tried took ${formatMs(compileMs)}`;

function headline(tuning: AdapterTuning): string {
  const count = Object.keys(tuning.gemm.choices.byShape).length;
  return `Kernels are chosen for ${count} ${count === 1 ? "shape" : "shapes"} on this adapter`;
}

function Measured({ tuning }: { readonly tuning: AdapterTuning }) {
  const { gemm, roofline } = tuning;
  return (
    <>
      <p className="muted small">
        {roofline.isSoftware
          ? "Measured on a software adapter, with a limit on the time: kernels with barriers are known to lose there and were not tried. "
          : `Measured in ${formatMs(gemm.elapsedMs)}, and ${formatMs(roofline.elapsedMs)} for the limits${compiledText(gemm)}. `}
        {gemm.complete
          ? "Everything that the chosen forward needed is known."
          : "The time was up before every shape was measured; the others run on the default. Tune again to go on."}
      </p>
      <Limits roofline={roofline} />
      <details>
        <summary>Which kernel runs which shape</summary>
        <Shapes tuning={tuning} />
      </details>
    </>
  );
}

function Limits({ roofline }: { readonly roofline: Roofline }) {
  const facts = [
    ["Multiply-add, f32", formatRate(roofline.fmaPerSecond, "OP/s")],
    ["Packed integer dot", roofline.packedDotPerSecond === null ? "not offered" : formatRate(roofline.packedDotPerSecond, "OP/s")],
    ["exp2", formatRate(roofline.exp2PerSecond, "/s")],
    ["Reading memory", formatRate(roofline.readBytesPerSecond, "B/s")],
    ["Barrier", formatDuration(roofline.barrierSeconds)],
    ["Dispatch", formatDuration(roofline.dispatchSeconds)],
    ["Submit", formatDuration(roofline.submitSeconds)],
    ["Readback", formatDuration(roofline.readbackSeconds)],
  ] as const;
  return (
    <dl className="limits" aria-label="Limits of this adapter" data-testid="limits">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function normText(norm: TunedShape["norm"]): string {
  if (norm === null) return "none";
  const form = norm.isJoint ? "joined to it" : "apart";
  const [own, other] = norm.isJoint ? [norm.jointMs, norm.apartMs] : [norm.apartMs, norm.jointMs];
  return `${form}: ${formatDuration(own / 1e3)} instead of ${formatDuration(other / 1e3)}`;
}

/** On a software adapter without times: they would be read as an order of kernels. */
function Shapes({ tuning }: { readonly tuning: AdapterTuning }) {
  const { isSoftware } = tuning.roofline;
  const isJoinTried = tuning.gemm.prologues.length > 0;
  return (
    <ScrollTable label="Table of shapes" testId="tuned-shapes">
      <caption className="visually-hidden">Kernel of each shape of linear layer</caption>
      <thead>
        <tr>
          <th scope="col">Rows × K × columns</th>
          <th scope="col">Kernel</th>
          {isSoftware ? <th scope="col">Tried</th> : <th scope="col">Time</th>}
          {!isSoftware && <th scope="col">Against the default</th>}
          {isJoinTried && <th scope="col">Normalization before it</th>}
        </tr>
      </thead>
      <tbody>
        {tunedShapes(tuning).map(({ shape, rung, elapsedMs, speedup, norm, tried }) => (
          <tr key={shape}>
            <th scope="row">{shape}</th>
            <td>{rung}</td>
            {isSoftware ? <td>{tried.length}</td> : <td>{formatDuration(elapsedMs / 1e3)}</td>}
            {!isSoftware && (
              <td>
                {speedup === null ? "not compared" : speedup > 1.005 ? `${speedup.toFixed(2)}× as fast` : "is the default, or as fast"}
              </td>
            )}
            {isJoinTried && <td>{normText(norm)}</td>}
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
