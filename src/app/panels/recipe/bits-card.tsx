import { useMemo, useState } from "react";
import { ChoiceSegments } from "../../components/choice.tsx";
import { useLab } from "../../components/lab-context.tsx";
import { BitGridView } from "../../figures/bit-grid-view.tsx";
import { Measured } from "../../figures/measured.tsx";
import { TableView } from "../../figures/table-view.tsx";
import type { Cursor } from "../../results/error-map.ts";
import { bitGrids, type BitCell } from "../../results/bit-grid.ts";
import { paintCells, type Brush } from "../../results/paint-cells.ts";
import type { LabRecipeSites } from "../../worker/lab-api.ts";
import { CostLine } from "./cost-line.tsx";

const BRUSHES = [2, 3, 4, 5, 6, 8] as const;

/** Every operand's bits, painted into rules. */
export function BitsCard({ shown }: { readonly shown: LabRecipeSites }) {
  const controls = useLab((state) => state.controls);
  const setControls = useLab((state) => state.setControls);
  const say = useLab((state) => state.say);
  const [brush, setBrush] = useState<Brush>(8);
  const [looked, setLooked] = useState<{ readonly grid: "blocks" | "outside"; readonly cell: Cursor } | null>(null);
  const grids = useMemo(() => bitGrids(shown.sites, controls), [shown, controls]);
  const { blocks, outside } = grids;
  const lookedText = looked === null ? null : (grids[looked.grid].cells[looked.cell.row]?.[looked.cell.column]?.text ?? null);
  const paint = (cells: readonly BitCell[], with_: Brush | "brush"): void => {
    const bits = with_ === "brush" ? brush : with_;
    setControls({ rules: paintCells(shown.sites, controls, cells, bits) });
    say(`${cells.length} ${cells.length === 1 ? "cell has" : "cells have"} ${bits === "own" ? "the recipe's own bits" : `${bits} bits`}.`);
  };
  return (
    <section className="card" aria-labelledby="bits-title" data-testid="bits-card">
      <div className="card-head">
        <h2 id="bits-title">Bits of every layer</h2>
        <ChoiceSegments<Brush>
          label="Brush"
          testId="brush"
          value={brush}
          choices={[...BRUSHES.map((bits) => ({ value: bits, label: String(bits) })), { value: "own", label: "as the recipe" }]}
          onChange={setBrush}
        />
      </div>
      <CostLine shown={shown} />
      <Measured>
        {(width) => (
          <BitGridView
            caption="Bits by role and block."
            corner="block"
            grid={blocks}
            width={width}
            testId="bit-grid"
            onPaint={paint}
            onLook={(cell) => setLooked({ grid: "blocks", cell })}
          />
        )}
      </Measured>
      {outside.columns.length > 0 && (
        <Measured>
          {(width) => (
            <BitGridView
              caption="Bits outside the blocks."
              corner="outside"
              grid={outside}
              width={Math.min(width, 92 + 150 * outside.columns.length)}
              testId="outside-grid"
              onPaint={paint}
              onLook={(cell) => setLooked({ grid: "outside", cell })}
            />
          )}
        </Measured>
      )}
      <div className="strip-foot">
        <output className="readout">{lookedText ?? "Drag over cells, or move with arrow keys and type a digit."}</output>
        <p className="heat-legend">
          <span>8 bits</span>
          <span className="heat-bar" aria-hidden="true" />
          <span>2 bits</span>
          <span>
            <span className="ring-key" aria-hidden="true" /> changed by a rule
          </span>
        </p>
      </div>
      <TableView
        caption="Bits of every operand"
        columns={["Layer", "Operands", "Bits", "Setting"]}
        rows={[...blocks.cells, ...outside.cells]
          .flat()
          .flatMap((cell) =>
            cell === null ? [] : [[cell.layer, cell.sites.join(", "), cell.bits ?? "float", cell.text.slice(cell.layer.length + 2)]],
          )}
      />
    </section>
  );
}
