import { useState } from "react";
import type { ReactNode } from "react";
import { AttentionView } from "../figures/attention-view.tsx";
import { BitGridView } from "../figures/bit-grid-view.tsx";
import { ErrorStrip } from "../figures/error-strip.tsx";
import { KernelShares } from "../figures/kernel-shares.tsx";
import { LayerChart } from "../figures/layer-chart.tsx";
import { LevelPicture } from "../figures/level-picture.tsx";
import { MarginChart } from "../figures/margin-chart.tsx";
import { Measured } from "../figures/measured.tsx";
import { PairedBars } from "../figures/paired-bars.tsx";
import { ParetoChart } from "../figures/pareto-chart.tsx";
import { RangePicture } from "../figures/range-picture.tsx";
import { RankingTable } from "../figures/ranking-table.tsx";
import { ResidualChart } from "../figures/residual-chart.tsx";
import { RooflineChart } from "../figures/roofline-chart.tsx";
import { ScatterChart } from "../figures/scatter-chart.tsx";
import { SplitTable } from "../figures/split-table.tsx";
import { TokenMap } from "../figures/token-map.tsx";
import type { ScatterPoint } from "../results/scatter-points.ts";
import * as data from "./fixtures.ts";

/** `?gallery`: every plot on made-up data, for looking at them and for snapshots. Adding a plot: one line here. */
export const PLOTS: readonly { readonly id: string; readonly title: string; readonly draw: (width: number) => ReactNode }[] = [
  { id: "error-strip", title: "Error strip", draw: (width) => <Strip width={width} /> },
  {
    id: "bit-grid",
    title: "Bits by role and block",
    draw: (width) => (
      <BitGridView
        caption="Bits."
        corner="block"
        grid={data.bits}
        width={width}
        testId="gallery-bits"
        onPaint={() => undefined}
        onLook={() => undefined}
      />
    ),
  },
  { id: "layers", title: "Two recipes along the network", draw: (width) => <LayerChart width={width} sides={layerSides} /> },
  { id: "split", title: "Weights and activations", draw: () => <SplitTable split={data.split} /> },
  { id: "ranking-only", title: "Quantized alone", draw: () => <RankingTable ranking={data.ranking("only")} limit={6} /> },
  { id: "ranking-without", title: "Left in float", draw: () => <RankingTable ranking={data.ranking("without")} limit={6} /> },
  {
    id: "ranges",
    title: "Channels before and after reparameterization",
    draw: (width) => <RangePicture name="blocks.0.attn.qkv" width={width} before={before} after={after} />,
  },
  {
    id: "levels-uniform",
    title: "Attention on uniform levels",
    draw: (width) => <LevelPicture name="attention probabilities" width={width} axis="log" {...uniform} />,
  },
  {
    id: "levels-log",
    title: "Attention on log √2 levels",
    draw: (width) => <LevelPicture name="attention probabilities" width={width} axis="log" {...logarithmic} />,
  },
  { id: "tokens", title: "Tokens and channels", draw: (width) => <TokenMap width={width} map={data.tokens} /> },
  { id: "residual", title: "Residual stream", draw: (width) => <ResidualChart width={width} steps={data.residual} /> },
  { id: "margins", title: "Margins of two recipes", draw: (width) => <MarginChart width={width} sides={sides} nameOf={imageName} /> },
  { id: "scatter", title: "Logits", draw: (width) => <ScatterChart width={width} points={data.logits} nameOf={logitName} /> },
  { id: "pareto", title: "Error against size", draw: (width) => <ParetoChart width={width} height={340} view={data.pareto} /> },
  {
    id: "attention",
    title: "Attention map",
    draw: (width) => <AttentionView name="block 3, head 1" pair={data.attention} gridWidth={8} size={Math.min(240, width)} />,
  },
  { id: "kernels", title: "Where the time goes", draw: () => <KernelShares kernels={data.profile.kernels} /> },
  {
    id: "roofline",
    title: "Steps under the adapter's limits",
    draw: (width) => <RooflineChart steps={data.profile.steps} roofline={data.roofline} width={width} />,
  },
  {
    id: "paired-bars",
    title: "Top classes",
    draw: () => <PairedBars top={top} labels={["sphere", "cube", "cone"]} floatClass={0} quantizedClass={1} />,
  },
];

const [before, after] = [data.ranges(false), data.ranges(true)];
const [uniform, logarithmic] = [data.levels("uniform"), data.levels("log-sqrt2")];
const sides = data.marginSides();
const layerSides = [
  { label: "RepQ-ViT", layers: data.layers },
  { label: "min-max", layers: data.otherLayers },
];
const top = [
  { classIndex: 0, float: 0.62, quantized: 0.31 },
  { classIndex: 1, float: 0.27, quantized: 0.44 },
  { classIndex: 2, float: 0.05, quantized: 0.19 },
];
const logitName = ({ image, classIndex }: ScatterPoint): string => `class ${classIndex} of image ${image}`;
const imageName = (image: number): string => `image ${image}`;

function Strip({ width }: { readonly width: number }) {
  const [cursor, setCursor] = useState({ row: 3, column: 3 });
  return <ErrorStrip map={data.map} width={width} cursor={cursor} onCursor={setCursor} ringed="blocks.3.attn.softmax" />;
}

export function Gallery() {
  return (
    <main className="page">
      <header className="panel-head">
        <div>
          <h1>Every plot</h1>
          <p className="muted">Drawn from made-up data; nothing here was measured.</p>
        </div>
      </header>
      <div className="plot-grid">
        {PLOTS.map(({ id, title, draw }) => (
          <section key={id} className="card" aria-labelledby={`plot-${id}`} data-testid={`plot-${id}`}>
            <h2 id={`plot-${id}`}>{title}</h2>
            <Measured>{draw}</Measured>
          </section>
        ))}
      </div>
    </main>
  );
}
