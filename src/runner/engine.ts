/** One way to execute everything that a run needs: nodes for calibration, the float model, quantized models. */
import { onCurrentGpu, type GpuOf } from "../gpu/current-gpu.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Graph } from "../graph/graph.ts";
import type { CalibrationInputs } from "../quant/calibration-task.ts";
import { chooseExecution } from "./choose-execution.ts";
import type { AdapterDescription, ExecutorName } from "./comparison.ts";
import { CPU_DESCRIPTION, describeAdapter } from "./describe-adapter.ts";
import { createNodeRunner, createWasmNodeRunner } from "./node-runner.ts";
import { openCpuExecutor, openExecutor, type OpenedExecutor } from "./open-executor.ts";
import type { FloatPrecision } from "./plan.ts";
import { createRecoveringSession } from "./recovering-session.ts";
import { createWasmSession } from "./session.ts";
import type { AdapterTuning } from "./tune/adapter-tuning.ts";

export interface Engine {
  readonly runNode: CalibrationInputs["runNode"];
  readonly executor: ExecutorName;
  /** The float model, its weights and activations stored in `precision` (default f32), or a quantized one on the executor asked for. */
  open(
    graph: Graph,
    isFloat: boolean,
    precision?: FloatPrecision,
  ): Promise<{ session: OpenedExecutor["session"]; executor: ExecutorName; note: string | null }>;
  /** The adapter, or that there was none. */
  adapter(): Promise<AdapterDescription>;
  /** How often work was repeated because the device was lost; results do not show it, times do. */
  deviceLosses(): number;
}

/**
 * `gpuOf` gives another device after a loss, on which interrupted work is made again; it is not called for the executor "cpu". `tuningOf` tells what was
 * measured on the adapter earlier: it chooses the kernels of the linear layers.
 */
export async function openEngine(
  gpuOf: GpuOf,
  executor: ExecutorName,
  tuningOf?: (gpu: Gpu) => Promise<AdapterTuning | undefined>,
): Promise<Engine> {
  if (executor === "cpu") return cpuEngine();
  let losses = 0;
  const onRecovered = () => void losses++;
  const execution = await onCurrentGpu(gpuOf, chooseExecution, undefined, onRecovered);
  const tuning = await tuningOf?.(await gpuOf());
  const choices = { execution, ...(tuning ? { gemm: tuning.gemm.choices } : {}) };
  return {
    executor,
    runNode: (node, inputs) => onCurrentGpu(gpuOf, (gpu) => createNodeRunner(gpu)(node, inputs), undefined, onRecovered),
    async open(graph, isFloat, precision = "f32") {
      if (isFloat)
        return {
          session: createRecoveringSession(gpuOf, graph, { mode: "float", precision, ...choices }, onRecovered),
          executor,
          note: null,
        };
      const { session, name, note } = await openExecutor(gpuOf, graph, executor, choices, onRecovered);
      return { session, executor: name, note };
    },
    adapter: async () => describeAdapter(await gpuOf(), execution, tuning),
    deviceLosses: () => losses,
  };
}

function cpuEngine(): Engine {
  return {
    executor: "cpu",
    runNode: createWasmNodeRunner(),
    open(graph, isFloat, precision) {
      if (isFloat) return Promise.resolve({ session: createWasmSession(graph, "float", precision), executor: "cpu", note: null });
      const { session, name, note } = openCpuExecutor(graph);
      return Promise.resolve({ session, executor: name, note });
    },
    adapter: () => Promise.resolve(CPU_DESCRIPTION),
    deviceLosses: () => 0,
  };
}
