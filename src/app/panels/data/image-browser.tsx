import { useMemo, useState } from "react";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { SearchField } from "react-aria-components/SearchField";
import { ChoiceSegments } from "../../components/choice.tsx";
import { useLab } from "../../components/lab-context.tsx";
import { LazyThumbnail } from "../../components/lazy-thumbnail.tsx";
import type { ThumbnailKind } from "../../components/thumbnail-queue.ts";
import { useWindow } from "../../components/use-window.ts";
import { Measured } from "../../figures/measured.tsx";
import { countUses, dataRows } from "../../results/data-rows.ts";
import type { DataRow, UseFilter } from "../../results/data-rows.ts";
import { className } from "../../results/image-rows.ts";
import type { ImageSet, ImageUse } from "../../worker/lab-api.ts";

const TILE_WIDTH = 132;
const TILE_HEIGHT = 154;
const USES: Readonly<Record<ImageUse, string>> = {
  calibration: "calibrates",
  evaluation: "is judged",
  both: "calibrates and is judged",
  unused: "unused",
  skipped: "▲ left out",
};

/** Every image that was given, tens of thousands of them: only those in sight are decoded. */
export function ImageBrowser({ images, onShow }: { readonly images: ImageSet; readonly onShow: (index: number) => void }) {
  const [filter, setFilter] = useState<UseFilter>("all");
  const [kind, setKind] = useState<ThumbnailKind>("original");
  const [search, setSearch] = useState("");
  const counts = useMemo(() => countUses(images.items), [images]);
  const rows = useMemo(() => dataRows(images.items, filter, search), [images, filter, search]);
  const write = (count: number): string => count.toLocaleString("en");
  return (
    <section className="card" aria-labelledby="browser-title" data-testid="image-browser">
      <div className="card-head">
        <h2 id="browser-title">Images</h2>
        <SearchField className="search" value={search} onChange={setSearch}>
          <Label>Name</Label>
          <Input className="input" />
        </SearchField>
      </div>
      <div className="row browser-choices">
        <ChoiceSegments
          label="Which"
          testId="use-filter"
          value={filter}
          choices={[
            { value: "all", label: `All ${write(counts.all)}` },
            { value: "calibration", label: `Calibrate ${write(counts.calibration)}` },
            { value: "evaluation", label: `Judged ${write(counts.evaluation)}` },
            { value: "unused", label: `Unused ${write(counts.unused)}` },
          ]}
          onChange={setFilter}
        />
        <ChoiceSegments
          label="Show"
          testId="thumbnail-kind"
          value={kind}
          choices={[
            { value: "original", label: "The file" },
            { value: "seen", label: "What the model sees" },
          ]}
          onChange={setKind}
        />
      </div>
      <output className="muted small" data-testid="browser-count">
        {write(rows.length)} {rows.length === 1 ? "image" : "images"}
      </output>
      {rows.length > 0 && <Measured>{(width) => <Tiles of={images} rows={rows} kind={kind} width={width} onShow={onShow} />}</Measured>}
    </section>
  );
}

function Tiles(props: {
  readonly of: ImageSet;
  readonly rows: readonly DataRow[];
  readonly kind: ThumbnailKind;
  readonly width: number;
  readonly onShow: (index: number) => void;
}) {
  const { of, rows, kind, width, onShow } = props;
  const names = useLab((state) => state.model?.card.labels ?? null);
  // The bar of a box that scrolls takes some of the width.
  const columns = Math.max(1, Math.floor((width - 24) / TILE_WIDTH));
  const { box, first, last, before, after } = useWindow<HTMLDivElement>(Math.ceil(rows.length / columns), TILE_HEIGHT);
  const start = first * columns;
  return (
    // Padding belongs to the list inside: that of a box which scrolls would make the box itself as tall.
    <div ref={box} className="browser-box" data-testid="browser-tiles">
      <ul
        className="browser-tiles"
        aria-label="Images"
        style={{
          gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
          gridAutoRows: TILE_HEIGHT,
          paddingBlock: `${before}px ${after}px`,
        }}
      >
        {rows.slice(start, last * columns).map((row, i) => (
          <li key={row.index} aria-setsize={rows.length} aria-posinset={start + i + 1}>
            <button type="button" className="browser-tile" title={row.name} onClick={() => onShow(row.index)}>
              <LazyThumbnail of={of} index={row.index} kind={kind} />
              <span className="browser-name">{row.name.slice(row.name.lastIndexOf("/") + 1)}</span>
              <span className="muted browser-use">
                {row.label === null ? "" : `${className(names, row.label)} · `}
                {USES[row.use]}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
