import type { Gpu } from "../gpu/device.ts";
import type { Graph } from "../graph/graph.ts";
import { simulateGraph } from "../quant/simulate.ts";
import { chooseExecution } from "./choose-execution.ts";
import type { ExecutorName } from "./comparison.ts";
import { integerObstacle } from "./integer-obstacle.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";
import { createGpuSession, createReferenceSession, createWasmSession, type Session } from "./session.ts";

export interface OpenedExecutor {
  readonly session: Pick<Session, "run" | "prepare" | "destroy">;
  readonly name: ExecutorName;
  /** Why another executor serves than the one asked for; null when it is the same. */
  readonly note: string | null;
}

/** On WebAssembly: integers, or the float simulation where the graph is none. */
export function openCpuExecutor(graph: Graph): OpenedExecutor {
  const obstacle = integerObstacle(graph);
  const note = obstacle === null ? null : simulationNote(obstacle);
  return { session: createWasmSession(graph, obstacle === null ? "integer" : "simulated"), name: "cpu", note };
}

/** The executor asked for; as-published graphs that are no integers are simulated, and the note says so. */
export async function openExecutor(gpu: Gpu, graph: Graph, wanted: ExecutorName): Promise<OpenedExecutor> {
  if (wanted === "cpu") return openCpuExecutor(graph);
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
  return { session: createGpuSession(gpu, graph, { mode: "simulated", execution }), name: "simulated", note: simulationNote(obstacle) };
}

const simulationNote = (obstacle: string) => `Simulated in float instead of integers: ${obstacle}, which no b-bit integer code can hold.`;

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
