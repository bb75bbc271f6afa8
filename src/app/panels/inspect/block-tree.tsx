import { useMemo, useState } from "react";
import type { KeyboardEvent } from "react";
import type { InspectedTensor } from "../../../runner/inspect/inspect-graph.ts";
import { formatDb, formatPercent } from "../../format.ts";
import { blockTree, WHOLE } from "../../results/tensor-rows.ts";
import type { Branch } from "../../results/tensor-rows.ts";

/** The network as a tree of blocks and layers; what is chosen here is what the table lists. */
export function BlockTree(props: {
  readonly tensors: readonly InspectedTensor[];
  readonly bitsIndex: number;
  readonly branch: Branch;
  readonly onBranch: (branch: Branch) => void;
}) {
  const { tensors, bitsIndex, branch, onBranch } = props;
  const tree = useMemo(() => blockTree(tensors, bitsIndex), [tensors, bitsIndex]);
  const [open, setOpen] = useState<ReadonlySet<number | "outside">>(new Set());
  const toggle = (block: number | "outside", isOpen: boolean): void => {
    const next = new Set(open);
    if (isOpen) next.add(block);
    else next.delete(block);
    setOpen(next);
  };
  /** Up and down move between lines; right opens a block, left closes it. */
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const lines = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-line]")];
    const at = lines.findIndex((line) => line === document.activeElement);
    const block = document.activeElement?.getAttribute("data-block");
    if (event.key === "ArrowDown") lines[Math.min(at + 1, lines.length - 1)]?.focus();
    else if (event.key === "ArrowUp") lines[Math.max(at - 1, 0)]?.focus();
    else if ((event.key === "ArrowRight" || event.key === "ArrowLeft") && block)
      toggle(block === "outside" ? block : Number(block), event.key === "ArrowRight");
    else return;
    event.preventDefault();
  };
  const isChosen = (block: Branch["block"], layer: string | null): boolean => branch.block === block && branch.layer === layer;
  return (
    <section className="card tree-card" aria-labelledby="tree-title">
      <h2 id="tree-title">Blocks</h2>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the lines are buttons; the list only listens to arrow keys between them */}
      <ul className="tree" onKeyDown={onKeyDown} data-testid="block-tree">
        <li>
          <button type="button" data-line className="tree-line" aria-pressed={isChosen("all", null)} onClick={() => onBranch(WHOLE)}>
            <span>Whole model</span>
          </button>
        </li>
        {tree.map(({ block, layers, share, weakestDb }) => (
          <li key={block}>
            <div className="tree-row">
              <button
                type="button"
                className="tree-toggle"
                tabIndex={-1}
                aria-expanded={open.has(block)}
                aria-label={`Layers of ${nameOf(block)}`}
                onClick={() => toggle(block, !open.has(block))}
              >
                <span aria-hidden="true">{open.has(block) ? "▾" : "▸"}</span>
              </button>
              <button
                type="button"
                data-line
                data-block={block}
                className="tree-line"
                aria-pressed={isChosen(block, null)}
                aria-expanded={open.has(block)}
                onClick={() => onBranch({ block, layer: null })}
              >
                <span>{nameOf(block)}</span>
                <span className="muted tree-number">{formatPercent(share)}</span>
                <span className="tree-number">{weakestDb === null ? "" : formatDb(weakestDb)}</span>
              </button>
            </div>
            {open.has(block) && (
              <ul>
                {layers.map((layer) => (
                  <li key={layer}>
                    <button
                      type="button"
                      data-line
                      className="tree-line leaf"
                      aria-pressed={isChosen(block, layer)}
                      onClick={() => onBranch({ block, layer })}
                    >
                      <span>{layer}</span>
                    </button>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
      <p className="muted small">Share of the parameters, and the hardest weight of each block.</p>
    </section>
  );
}

function nameOf(block: number | "outside"): string {
  return block === "outside" ? "Outside" : `Block ${block}`;
}
