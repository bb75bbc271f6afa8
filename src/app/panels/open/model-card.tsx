import { Button } from "react-aria-components/Button";
import type { ModelCard as Card, Preprocessing } from "../../../models/config.ts";
import { samePreprocessing } from "../../../images/print-preprocessing.ts";
import type { OpenedModel } from "../../worker/lab-api.ts";
import { formatBytes, formatCount } from "../../format.ts";
import { ChoiceSelect } from "../../components/choice.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";

/** What the header of the checkpoint tells, and what had to be assumed. */
export function ModelCard() {
  const model = useLab((state) => state.model);
  const canChangeHeads = useLab((state) => state.modelFiles.length > 0);
  const hasImages = useLab((state) => state.images !== null);
  const setPanel = useLab((state) => state.setPanel);
  const { changeHeads } = useActions();
  if (model === null) return null;
  const { card, note } = model;
  const { config } = card;
  return (
    <section className="card" aria-labelledby="model-title" data-testid="model-card">
      <p className="eyebrow">Model</p>
      <h2 id="model-title">{card.name}</h2>
      {note !== null && (
        <p className="note" data-testid="model-note">
          {note}
        </p>
      )}
      <dl className="facts">
        <Fact name="Family">
          {card.familyLabel}
          {config.distilled ? ", distilled" : ""} <span className="muted">({NAMING[card.naming]})</span>
        </Fact>
        <Fact name="Geometry">
          {config.depth} blocks × {config.embedDim} wide × {config.numHeads} heads
        </Fact>
        <Fact name="Input">
          {config.imageSize.join("×")}, patches of {config.patchSize}, {card.tokens} tokens
        </Fact>
        <Fact name="Parameters">
          <span data-testid="parameters">{formatCount(card.parameters)}</span> <span className="muted">stored as {card.weightDtype}</span>
        </Fact>
        <Fact name="Classes">
          {card.output === "features" ? (
            "none: gives features, compared by cosine and nearest image"
          ) : (
            <>
              {config.numClasses.toLocaleString("en")}{" "}
              {card.labels === null ? <span className="muted">(no names in the files)</span> : <ClassNames names={card.labels} />}
            </>
          )}
        </Fact>
        <Fact name="Pixels">
          {preprocessingText(card.preprocessing)} <span className="muted">({sourceOf(model)})</span>
        </Fact>
        {card.quantization !== undefined && (
          <Fact name="Already quantized">
            {card.quantization.recipe}, W{card.quantization.weightBits}A{card.quantization.activationBits}, {card.quantization.levels}
          </Fact>
        )}
      </dl>
      <MemoryBars memory={card.memory} />
      {card.assumed.length > 0 && (
        <div className="assumed" data-testid="assumed">
          <p>
            <span aria-hidden="true">▲ </span>Assumed, no file says so:
          </p>
          <ul className="chips">
            {card.assumed.map((field) => (
              <li key={field} className="chip warning">
                {assumedText(field, card)}
              </li>
            ))}
          </ul>
        </div>
      )}
      {card.assumed.includes("preprocessing") && hasImages && (
        <div>
          <Button className="button" onPress={() => setPanel("data")}>
            Choose the preprocessing
          </Button>
        </div>
      )}
      {canChangeHeads && (
        <ChoiceSelect
          label="Attention heads"
          testId="heads"
          value={config.numHeads}
          choices={headChoices(config.embedDim, config.numHeads)}
          onChange={(heads) => {
            if (heads !== config.numHeads) void changeHeads(heads);
          }}
        />
      )}
    </section>
  );
}

const GELU = { none: "exact GELU", tanh: "GELU by tanh", sigmoid: "QuickGELU" } as const;
const NAMING = { timm: "timm names", huggingface: "Hugging Face names", onnx: "ONNX", "vitrine-package": "Vitrine package" } as const;

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function ClassNames({ names }: { readonly names: readonly string[] }) {
  const shown = names.slice(0, 3).join(", ");
  return (
    <span className="muted">
      ({shown}
      {names.length > 3 ? " …" : ""})
    </span>
  );
}

function sourceOf({ card, stated }: OpenedModel): string {
  if (!samePreprocessing(card.preprocessing, stated.preprocessing)) return `chosen by you, not as ${stated.file ?? "assumed"} has it`;
  return stated.file === null ? (stated.isAssumed ? "assumed" : "from the package") : `from ${stated.file}`;
}

function preprocessingText(p: Preprocessing): string {
  const [height, width] = p.inputSize;
  const size = `${width}×${height}`;
  if (p.resize === "none") return `must be ${size}`;
  if (p.resize === "squash") return `squashed to ${size}, ${p.interpolation}`;
  return `shorter side to ${p.size}, ${p.interpolation}, centre crop ${size}`;
}

function assumedText(field: string, card: Card): string {
  const values: Readonly<Record<string, string>> = {
    numHeads: `${card.config.numHeads} heads (${card.config.embedDim / card.config.numHeads} wide)`,
    epsilon: `LayerNorm epsilon ${card.config.epsilon.toExponential()}`,
    preprocessing: `preprocessing: mean ${card.preprocessing.mean.join(" ")}, std ${card.preprocessing.std.join(" ")}`,
    gelu: GELU[card.config.gelu],
    pooling: `pooling by ${card.config.pooling}`,
  };
  return values[field] ?? field;
}

/** Head counts that divide the width, from heads of 16 to heads of 128 numbers, and the present one. */
function headChoices(embedDim: number, present: number) {
  const divides = (heads: number): boolean => embedDim % heads === 0 && embedDim / heads >= 8 && embedDim / heads <= 128;
  return Array.from({ length: embedDim }, (_, i) => i + 1)
    .filter((heads) => heads === present || divides(heads))
    .map((heads) => ({ value: heads, label: `${heads} × ${embedDim / heads} wide` }));
}

function MemoryBars({ memory }: { readonly memory: Card["memory"] }) {
  const rows = [
    ["float", memory.floatBytes, "float-memory"],
    ["8-bit", memory.int8Bytes, "quantized-memory"],
    ["4-bit", memory.int4Bytes, "quantized-memory"],
  ] as const;
  return (
    <table className="memory">
      <caption>Memory for the parameters</caption>
      <tbody>
        {rows.map(([name, sizeBytes, colour]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className={colour} style={{ backgroundSize: `calc((100% - 5rem) * ${sizeBytes / Math.max(1, memory.floatBytes)}) 0.6rem` }}>
              {formatBytes(sizeBytes)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
