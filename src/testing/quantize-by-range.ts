import type { Graph, Node } from "../graph/graph.ts";
import type { Quantizer, Site } from "../graph/quantizer.ts";
import { makeGraph } from "../graph/graph.ts";
import { sitesOf } from "../graph/ops.ts";
import { schemeOf } from "../quant/schemes/index.ts";
import { runGraph } from "../reference/run-graph.ts";
import type { Tensor } from "../tensor/tensor.ts";

export interface RangeOptions {
  readonly weightBits: number;
  readonly activationBits: number;
  readonly probabilities: string;
}

/** Quantizers fitted to the float ranges on `pixels`: enough to exercise executors, no recipe. */
export function quantizeByRange(graph: Graph, pixels: Tensor, { weightBits, activationBits, probabilities }: RangeOptions): Graph {
  const { taps } = runGraph(
    graph,
    pixels,
    graph.nodes.map((node) => node.name),
  );
  const fit = (values: Float32Array, scheme: string, bits: number) =>
    schemeOf({ scheme }).fit(
      { low: values.reduce((a, b) => Math.min(a, b), Infinity), high: values.reduce((a, b) => Math.max(a, b), -Infinity) },
      bits,
    );
  const perTensor = (values: Float32Array, scheme: string, bits: number): Quantizer => {
    const { scale, zeroPoint } = fit(values, scheme, bits);
    return {
      scheme,
      bits,
      levels: "strict",
      scale: Float32Array.of(scale),
      zeroPoint: Float32Array.from(zeroPoint === null ? [] : [zeroPoint]),
      axis: null,
    };
  };
  const perRow = ({ shape: [n, k], data }: Tensor): Quantizer => {
    const fits = Array.from({ length: n }, (_, row) => fit(data.subarray(row * k, (row + 1) * k), "uniform", weightBits));
    return {
      scheme: "uniform",
      bits: weightBits,
      levels: "strict",
      scale: Float32Array.from(fits, ({ scale }) => scale),
      zeroPoint: Float32Array.from(fits, ({ zeroPoint }) => zeroPoint ?? 0),
      axis: 0,
    };
  };
  const quantizerFor = (node: Node, site: Site): Quantizer => {
    if (site === "weight") return perRow(node.weights.weight);
    if (site === "probabilities") return perTensor(taps[node.inputs[0]].data, probabilities, activationBits);
    const input = site === "value" ? node.inputs[1] : node.inputs[0];
    const bits = input === "patch_embed.patches" ? 8 : activationBits;
    const { data, shape } = taps[input];
    const section = site === "query" ? 0 : site === "key" ? 1 : site === "value" ? 2 : null;
    if (section === null) return perTensor(data, "uniform", bits);
    const third = (shape.at(-1) ?? 0) / 3;
    return perTensor(
      data.filter((_, i) => Math.floor((i % (3 * third)) / third) === section),
      "uniform",
      bits,
    );
  };
  return makeGraph(
    graph.name,
    graph.inputShape,
    graph.nodes.map((node) => {
      const sites = sitesOf(node.op);
      if (sites.length === 0) return node;
      return { ...node, quantizers: Object.fromEntries(sites.map((site) => [site, quantizerFor(node, site)])) };
    }),
  );
}
