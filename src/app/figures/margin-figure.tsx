import { useCallback, useMemo } from "react";
import { className } from "../results/image-rows.ts";
import { margins } from "../results/margins.ts";
import type { LabImage, LabSide } from "../worker/lab-api.ts";
import { MarginChart } from "./margin-chart.tsx";
import { Measured } from "./measured.tsx";
import { TableView } from "./table-view.tsx";

/** How clearly each image is decided, before and after quantization, by the shown recipe and the other one on the same axes. */
export function MarginFigure(props: {
  readonly shown: LabSide;
  readonly other: LabSide | null;
  readonly labelOf: (recipe: string) => string;
  readonly images: readonly LabImage[];
  readonly labels: readonly string[] | null;
  readonly onLook: (image: number) => void;
}) {
  const { shown, other, labelOf, images, labels } = props;
  const sides = useMemo(
    () => [shown, ...(other === null ? [] : [other])].map((side) => ({ label: labelOf(side.request.recipe), margins: margins(side) })),
    [shown, other, labelOf],
  );
  const nameOf = useCallback((image: number) => images[image]?.name ?? `image ${image}`, [images]);
  const [first, second] = sides;
  const flips = first?.margins.filter(({ isFlip }) => isFlip).length ?? 0;
  return (
    <section className="card" aria-labelledby="margin-title" data-testid="margins">
      <h2 id="margin-title">How clearly images are decided</h2>
      <p className="legend">
        <span className="float-text">○ {first?.label}, kept</span>
        <span className="quantized-text">
          ✕ {first?.label}, flipped ({flips})
        </span>
        {second !== undefined && (
          <span className="muted">
            △ {second.label}, kept · ✕ flipped ({second.margins.filter(({ isFlip }) => isFlip).length})
          </span>
        )}
      </p>
      <Measured>{(width) => <MarginChart sides={sides} nameOf={nameOf} width={width} onChoose={props.onLook} />}</Measured>
      <p className="muted small">
        The margin is the logit of the float model&apos;s class over the best of all others. On the dashed line nothing changes; below the
        line at 0 the prediction flips. Images at the left were near ties to begin with.
      </p>
      <TableView
        caption="Margin of every image"
        columns={["Image", "Class", "Float", ...sides.map(({ label }) => label)]}
        rows={(first?.margins ?? []).map(({ image, classIndex, float }) => [
          nameOf(image),
          className(labels, classIndex),
          float.toFixed(3),
          ...sides.map((side) => {
            const margin = side.margins[image];
            return margin === undefined ? "" : `${margin.quantized.toFixed(3)}${margin.isFlip ? " (flipped)" : ""}`;
          }),
        ])}
      />
    </section>
  );
}
