import type { Gpu } from "../gpu/device.ts";
import type { Graph } from "../graph/graph.ts";
import { simulateGraph } from "../quant/simulate.ts";
import { chooseExecution } from "./choose-execution.ts";
import type { ExecutorName } from "./comparison.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";
import { createGpuSession, createReferenceSession, type Session } from "./session.ts";

export interface OpenedExecutor {
  readonly session: Pick<Session, "run" | "prepare" | "destroy">;
  readonly name: ExecutorName;
  /** Why another executor serves than the one asked for; null when it is the same. */
  readonly note: string | null;
}

/** Why a quantized graph cannot run as b-bit integers, or null when it can. */
export function integerObstacle(graph: Graph): string | null {
  for (const node of graph.nodes) {
    for (const [site, quantizer] of Object.entries(node.quantizers ?? {})) {
      const place = `${node.name}.${site}`;
      if (quantizer.zeroPoint.some((zero) => !Number.isInteger(zero))) return `${place} has a fractional zero point`;
      if (quantizer.levels === "as-published" && quantizer.scheme !== "uniform") return `${place} has 2^${quantizer.bits} + 1 levels`;
      if (site !== "weight" && quantizer.scale.length > 1) return `${place} has one scale per channel`;
    }
  }
  return null;
}

/** The executor asked for; as-published graphs that are no integers are simulated, and the note says so. */
export async function openExecutor(gpu: Gpu, graph: Graph, wanted: ExecutorName): Promise<OpenedExecutor> {
  const obstacle = integerObstacle(graph);
  if (wanted === "reference") {
    if (obstacle === null)
      return { session: createReferenceSession(graph, "integer", await adapterFusesMultiplyAdd(gpu)), name: "reference", note: null };
    return { session: cpuSimulation(graph), name: "reference", note: `Simulated in float on the CPU: ${obstacle}.` };
  }
  const { execution } = await chooseExecution(gpu);
  if (wanted === "simulated")
    return { session: createGpuSession(gpu, graph, { mode: "simulated", execution }), name: "simulated", note: null };
  if (obstacle === null) return { session: createGpuSession(gpu, graph, { mode: "integer", execution }), name: "integer", note: null };
  const note = `Simulated in float instead of integers: ${obstacle}, which no b-bit integer code can hold.`;
  return { session: createGpuSession(gpu, graph, { mode: "simulated", execution }), name: "simulated", note };
}

function cpuSimulation(graph: Graph): OpenedExecutor["session"] {
  return {
    run: (images, taps = []) => {
      const { output, taps: kept } = simulateGraph(graph, images, taps);
      return Promise.resolve({ logits: output, taps: kept });
    },
    prepare: () => Promise.reject(new Error("internal: the CPU simulation has no plan")),
    destroy() {},
  };
}
