/**
 * Chooses scale and zero point of a layer's uniform input by the error of the layer's output, ||(X^ - X) W^T||^2 on sampled rows, with AdaLog's fast
 * progressive combining search (FPCS; ptq-wide 1.3.8): a coarse grid of scales x zero points, then finer grids around the survivors.
 * Bounds are ours, about a hundredth of the paper's: 8 x 8 candidates a step, 3 steps, 256 rows.
 */
import type { Node } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { roundTiesToEven } from "../../tensor/rounding.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { quantiles } from "../observers/quantile.ts";
import { schemeOf } from "../schemes/index.ts";
import { sampleRows } from "./sample-rows.ts";
import type { LayerStep, StepContext } from "./step.ts";

export interface InputSearch {
  readonly rows: number;
  readonly steps: number;
  /** Scales tried between the 0.9 quantile range and the whole range, and zero points tried around the middle of the range. */
  readonly perAxis: number;
  /** Candidates that survive a step. */
  readonly kept: number;
}

export const FPCS: InputSearch = { rows: 256, steps: 3, perAxis: 8, kept: 8 };

interface Candidate {
  readonly scale: number;
  readonly zeroPoint: number;
}

export function searchInput(search: InputSearch = FPCS): LayerStep {
  return {
    stage: "searching input ranges by output error",
    async run(layer, context) {
      const { node } = layer;
      const input = node.quantizers?.input;
      if (node.op !== "Gemm" || input?.scheme !== "uniform" || input.axis !== null || input.bits > 7) return layer;
      const x = sampleRows(layer.inputs[0], search.rows);
      let grid = firstGrid(x.data, input, search.perAxis);
      let spacing = (grid[grid.length - 1].scale - grid[0].scale) / (search.perAxis - 1);
      let ranked = await rank([{ scale: input.scale[0], zeroPoint: input.zeroPoint[0] }, ...grid], x, node, input, context);
      for (let step = 1; step < search.steps; step++) {
        const survivors = ranked.slice(0, search.kept);
        spacing /= search.perAxis - 0.5;
        grid = survivors.flatMap(({ scale, zeroPoint }) => around(scale, spacing, search.perAxis).map((s) => ({ scale: s, zeroPoint })));
        ranked = [...survivors, ...(await rank(grid, x, node, input, context))].toSorted((a, b) => a.error - b.error);
      }
      const [{ scale, zeroPoint }] = ranked;
      const found: Quantizer = { ...input, scale: Float32Array.of(scale), zeroPoint: Float32Array.of(zeroPoint) };
      return { ...layer, node: { ...node, quantizers: { ...node.quantizers, input: found } } };
    },
  };
}

/** Scales from the 0.9 quantile range to the whole range, each with zero points around the one that centres that range. */
function firstGrid(values: Float32Array<ArrayBuffer>, { bits }: Quantizer, perAxis: number): Candidate[] {
  const [low, high, lowest, highest] = quantiles(values, [0.1, 0.9, 0, 1]);
  const last = 2 ** bits - 1;
  const narrow = Math.max((high - low) / last, 1e-8);
  const wide = Math.max((highest - lowest) / last, narrow);
  return Array.from({ length: perAxis }, (_, i) => Math.fround(narrow + ((wide - narrow) * i) / (perAxis - 1))).flatMap((scale) => {
    const centre = roundTiesToEven(last / 2 - (lowest + highest) / 2 / scale);
    return Array.from({ length: perAxis }, (_, j) => ({ scale, zeroPoint: centre + j - Math.floor(perAxis / 2) }));
  });
}

function around(scale: number, spacing: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.fround(scale + (i - (count - 1) / 2) * spacing)).filter((value) => value > 0);
}

/** Candidates by the squared error that they leave in the layer's output; all of them go through one product. */
async function rank(
  candidates: readonly Candidate[],
  x: Tensor,
  { weights }: Node,
  input: Quantizer,
  { runNode }: StepContext,
): Promise<(Candidate & { error: number })[]> {
  const [rows, width] = x.shape;
  const [outputs] = weights.weight.shape;
  const errors = new Float32Array(candidates.length * rows * width);
  candidates.forEach(({ scale, zeroPoint }, c) => {
    const quantizer = { ...input, scale: Float32Array.of(scale), zeroPoint: Float32Array.of(zeroPoint) };
    const restored = schemeOf(quantizer).fakeQuantize(x, quantizer).data;
    for (let i = 0; i < restored.length; i++) errors[c * restored.length + i] = restored[i] - x.data[i];
  });
  const product: Node = { name: "search", op: "Gemm", inputs: ["x"], attributes: {}, weights: { weight: weights.weight } };
  const { data } = await runNode(product, [tensor([1, candidates.length * rows, width], errors)]);
  const perCandidate = rows * outputs;
  return candidates
    .map((candidate, c) => {
      let error = 0;
      for (let i = c * perCandidate; i < (c + 1) * perCandidate; i++) error += data[i] * data[i];
      return { ...candidate, error };
    })
    .toSorted((a, b) => a.error - b.error);
}
