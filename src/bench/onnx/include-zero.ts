import { replaceNodes, type Graph } from "../../graph/graph.ts";
import type { Quantizer, Quantizers } from "../../graph/quantizer.ts";
import { roundTiesToEven } from "../../tensor/rounding.ts";

/**
 * The graph with every activation range widened to contain 0, as onnxruntime's quantizer does: ONNX keeps zero points in the codes' eight bits,
 * ours lie outside where a tensor (probabilities) never gets near 0. Other quantizers stay.
 */
export function includeZero(graph: Graph): Graph {
  const changed = graph.nodes.flatMap((node) => {
    const { quantizers } = node;
    if (!quantizers) return [];
    const entries = Object.entries(quantizers).map(([site, each]) => [site, site === "weight" ? each : widened(each)]);
    return [[node.name, { ...node, quantizers: Object.fromEntries(entries) as Quantizers }] as const];
  });
  return replaceNodes(graph, new Map(changed));
}

function widened(quantizer: Quantizer): Quantizer {
  const { scheme, bits, scale, zeroPoint } = quantizer;
  const last = 2 ** bits - 1;
  if (scheme !== "uniform" || scale.length !== 1 || (zeroPoint[0] >= 0 && zeroPoint[0] <= last)) return quantizer;
  const low = Math.min(0, -zeroPoint[0] * scale[0]);
  const high = Math.max(0, (last - zeroPoint[0]) * scale[0]);
  const step = Math.fround((high - low) / last);
  return { ...quantizer, scale: Float32Array.of(step), zeroPoint: Float32Array.of(roundTiesToEven(-low / step)) };
}
