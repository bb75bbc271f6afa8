import { useEffect, useState } from "react";
import { errorParts } from "../../actions/job-runner.ts";
import { ChoiceSelect } from "../../components/choice.tsx";
import { ErrorLine } from "../../components/error-line.tsx";
import { useActions } from "../../components/lab-context.tsx";
import { Thumbnail } from "../../components/thumbnail.tsx";
import { AttentionMap, AttentionView, mapCosine } from "../../figures/attention-view.tsx";
import { Measured } from "../../figures/measured.tsx";
import { TableView } from "../../figures/table-view.tsx";
import type { AttentionMaps, MapPair } from "../../../runner/diagnose/attention-maps.ts";
import type { Progress } from "../../../tensor/progress.ts";
import { isAbort } from "../../worker/error-border.ts";
import type { AttentionRequest } from "../../worker/diagnosis-api.ts";
import type { ErrorParts, LabImage } from "../../worker/lab-api.ts";
import { useSeen } from "./use-seen.ts";

/** All heads of all layers multiplied through, instead of one block's heads. */
const ROLLOUT = -1;
const LARGE = 240;
const SMALL = 56;

/** Where the float model and its quantized twin look on one image: head by head, or through all layers. */
export function AttentionSection(props: {
  readonly comparison: string;
  readonly side: "main" | "baseline";
  readonly images: readonly LabImage[];
  readonly image: number;
  readonly onImage: (image: number) => void;
}) {
  const { comparison, side, images, image } = props;
  const [section, isSeen] = useSeen<HTMLElement>();
  const [block, setBlock] = useState(ROLLOUT);
  const answer = useAttention(isSeen ? { comparison, side, image } : null);
  const maps = answer.kind === "maps" ? answer.maps : null;
  return (
    <section ref={section} id="attention" className="card" aria-labelledby="attention-title" data-testid="attention-section">
      <h2 id="attention-title">Where both models look</h2>
      <div className="level-choices">
        <ChoiceSelect
          label="Image"
          testId="attention-image"
          value={image}
          choices={images.map(({ name }, i) => ({ value: i, label: name }))}
          onChange={props.onImage}
        />
        <ChoiceSelect
          label="Layers"
          testId="attention-block"
          value={block}
          choices={[
            { value: ROLLOUT, label: "all, multiplied through (rollout)" },
            ...(maps?.blocks.map((one) => ({ value: one.block, label: `heads of block ${one.block}` })) ?? []),
          ]}
          onChange={setBlock}
        />
      </div>
      <div className="level-box" aria-busy={answer.kind === "waiting"} data-testid="attention-box" data-kind={answer.kind}>
        {answer.kind === "waiting" && <p className="muted">{waitingText(answer.progress)}</p>}
        {answer.kind === "none" && <p>Tokens of this model only see their own window, so there is no look over the whole image.</p>}
        {answer.kind === "error" && <ErrorLine error={answer.error} />}
        {maps !== null && <Looks maps={maps} block={block} picture={images[image]?.thumbnail ?? null} />}
      </div>
    </section>
  );
}

function Looks({ maps, block, picture }: { readonly maps: AttentionMaps; readonly block: number; readonly picture: ImageBitmap | null }) {
  const [chosen, setHead] = useState(0);
  const heads = maps.blocks.find((one) => one.block === block)?.heads ?? null;
  const head = heads === null ? 0 : Math.min(chosen, heads.length - 1);
  const pair = heads?.[head] ?? maps.rollout;
  const name = heads === null ? "rollout" : `block ${block}, head ${head}`;
  return (
    <>
      {heads !== null && (
        <fieldset className="axis attention-heads">
          <legend>Heads of block {block}: float and quantized</legend>
          {heads.map((one, i) => (
            <button key={i} type="button" className="attention-head" aria-pressed={i === head} onClick={() => setHead(i)}>
              <span aria-hidden="true">
                <SmallMap name="float" values={one.float} pair={one} gridWidth={maps.gridWidth} />
                <SmallMap name="quantized" values={one.quantized} pair={one} gridWidth={maps.gridWidth} />
              </span>
              head {i}, cosine {mapCosine(one).toFixed(3)}
            </button>
          ))}
        </fieldset>
      )}
      <Measured>
        {(width) => (
          <AttentionView name={name} pair={pair} gridWidth={maps.gridWidth} size={Math.min(LARGE, width)}>
            {picture !== null && <Thumbnail bitmap={picture} />}
          </AttentionView>
        )}
      </Measured>
      <p className="muted small">
        Attention of the {maps.query} over the patches; dark is most. Cosine between both maps: {mapCosine(pair).toFixed(4)}.
      </p>
      <TableView
        caption={`Attention of ${name}, patch by patch`}
        columns={["Row", "Column", "Float", "Quantized"]}
        rows={Array.from(pair.float, (value, i) => [
          Math.floor(i / maps.gridWidth),
          i % maps.gridWidth,
          value.toFixed(4),
          (pair.quantized[i] ?? 0).toFixed(4),
        ])}
      />
    </>
  );
}

function SmallMap(props: { readonly name: string; readonly values: Float32Array; readonly pair: MapPair; readonly gridWidth: number }) {
  const most = Math.max(Number.MIN_VALUE, ...props.pair.float, ...props.pair.quantized);
  return <AttentionMap name={props.name} values={props.values} gridWidth={props.gridWidth} most={most} size={SMALL} />;
}

function waitingText(progress: Progress | null): string {
  return progress === null || progress.total === 0
    ? "Both models look at the image …"
    : `Both models look at the image: ${Math.min(99, (100 * progress.done) / progress.total).toFixed(0)} %`;
}

type Answer =
  | { readonly kind: "waiting"; readonly progress: Progress | null }
  | { readonly kind: "maps"; readonly maps: AttentionMaps }
  | { readonly kind: "none" }
  | { readonly kind: "error"; readonly error: ErrorParts };

/** The engine's answer to the request as it is now; another request stops the one before. */
function useAttention(request: AttentionRequest | null): Answer {
  const { attention } = useActions();
  const [known, setKnown] = useState<{ readonly key: string; readonly answer: Answer } | null>(null);
  const key = JSON.stringify(request);
  useEffect(() => {
    const wanted = JSON.parse(key) as AttentionRequest | null;
    if (wanted === null) return undefined;
    const controller = new AbortController();
    // Progress crosses the worker's border on its own and may come behind the answer, which it must not wipe out.
    const onProgress = (progress: Progress): void =>
      setKnown((last) => (last?.key === key && last.answer.kind !== "waiting" ? last : { key, answer: { kind: "waiting", progress } }));
    attention(wanted, { signal: controller.signal, onProgress }).then(
      (maps) => setKnown({ key, answer: maps === null ? { kind: "none" } : { kind: "maps", maps } }),
      (error: unknown) => {
        if (!isAbort(error)) setKnown({ key, answer: { kind: "error", error: errorParts(error) } });
      },
    );
    return () => controller.abort();
  }, [key, attention]);
  return known?.key === key ? known.answer : { kind: "waiting", progress: null };
}
