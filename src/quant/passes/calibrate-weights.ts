import { replaceNodes } from "../../graph/graph.ts";
import type { Pass } from "./pass.ts";

/** Finds a weight quantizer for every quantized Gemm that has none: those whose weights an earlier pass changed. */
export const calibrateWeights: Pass = {
  stage: "re-calibrating the changed weights",
  run(graph, { calibrateWeight }) {
    const changed = graph.nodes.filter(({ op, quantizers }) => op === "Gemm" && quantizers?.input && !quantizers.weight);
    return replaceNodes(graph, new Map(changed.map((node) => [node.name, calibrateWeight(node)])));
  },
};
