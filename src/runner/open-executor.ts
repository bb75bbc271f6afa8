import type { GpuOf } from "../gpu/current-gpu.ts";
import type { Graph } from "../graph/graph.ts";
import { simulateGraph } from "../quant/simulate.ts";
import type { ExecutorName } from "./comparison.ts";
import { integerObstacle } from "./integer-obstacle.ts";
import type { Plan } from "./plan.ts";
import { adapterFusesMultiplyAdd } from "./probe-arithmetic.ts";
import { createRecoveringSession } from "./recovering-session.ts";
import { createReferenceSession, createWasmSession, type Session, type SessionOptions } from "./session.ts";

export interface OpenedExecutor {
  readonly session: Pick<Session, "run" | "destroy"> & {
    /** As a session's; null where there is no plan to make ready. */
    prepare(...args: Parameters<Session["prepare"]>): Promise<Plan | null>;
  };
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

/** The executor asked for; as-published graphs that are no integers are simulated, and the note says so. `onRecovered`: after the loss of a device. */
export async function openExecutor(
  gpuOf: GpuOf,
  graph: Graph,
  wanted: ExecutorName,
  choices: Pick<SessionOptions, "execution" | "gemm">,
  onRecovered?: () => void,
): Promise<OpenedExecutor> {
  if (wanted === "cpu") return openCpuExecutor(graph);
  const obstacle = integerObstacle(graph);
  if (wanted === "reference") {
    if (obstacle === null)
      return {
        session: createReferenceSession(graph, "integer", await adapterFusesMultiplyAdd(await gpuOf())),
        name: "reference",
        note: null,
      };
    return { session: cpuSimulation(graph), name: "reference", note: `Simulated in float on the CPU: ${obstacle}.` };
  }
  const mode = wanted === "simulated" || obstacle !== null ? "simulated" : "integer";
  const session = createRecoveringSession(gpuOf, graph, { mode, ...choices }, onRecovered);
  return { session, name: mode, note: wanted === "simulated" || obstacle === null ? null : simulationNote(obstacle) };
}

const simulationNote = (obstacle: string) => `Simulated in float instead of integers: ${obstacle}, which no b-bit integer code can hold.`;

function cpuSimulation(graph: Graph): OpenedExecutor["session"] {
  return {
    run: (images, taps = []) => {
      const { output, taps: kept } = simulateGraph(graph, images, taps);
      return Promise.resolve({ logits: output, taps: kept });
    },
    prepare: () => Promise.resolve(null),
    destroy() {},
  };
}
