/** One way to execute everything that a run needs: nodes for calibration, the float model, quantized models. */
import type { Gpu } from "../gpu/device.ts";
import type { Graph } from "../graph/graph.ts";
import type { CalibrationInputs } from "../quant/calibrate.ts";
import { chooseExecution } from "./choose-execution.ts";
import type { AdapterDescription, ExecutorName } from "./comparison.ts";
import { CPU_DESCRIPTION, describeAdapter } from "./describe-adapter.ts";
import { createNodeRunner, createWasmNodeRunner } from "./node-runner.ts";
import { openCpuExecutor, openExecutor, type OpenedExecutor } from "./open-executor.ts";
import type { FloatPrecision } from "./plan.ts";
import { createGpuSession, createWasmSession } from "./session.ts";

export interface Engine {
  readonly runNode: CalibrationInputs["runNode"];
  /** The float model, its weights and activations stored in `precision` (default f32), or a quantized one on the executor asked for. */
  open(
    graph: Graph,
    isFloat: boolean,
    precision?: FloatPrecision,
  ): Promise<{ session: OpenedExecutor["session"]; executor: ExecutorName; note: string | null }>;
  /** The adapter, or that there was none. */
  adapter(): Promise<AdapterDescription>;
}

/** `gpuOf` is not called for the executor "cpu". */
export async function openEngine(gpuOf: () => Promise<Gpu>, executor: ExecutorName): Promise<Engine> {
  if (executor === "cpu") return cpuEngine();
  const gpu = await gpuOf();
  const { execution } = await chooseExecution(gpu);
  return {
    runNode: createNodeRunner(gpu),
    async open(graph, isFloat, precision = "f32") {
      if (isFloat) return { session: createGpuSession(gpu, graph, { mode: "float", execution, precision }), executor, note: null };
      const { session, name, note } = await openExecutor(gpu, graph, executor);
      return { session, executor: name, note };
    },
    adapter: () => describeAdapter(gpu, true),
  };
}

function cpuEngine(): Engine {
  return {
    runNode: createWasmNodeRunner(),
    open(graph, isFloat, precision) {
      if (isFloat) return Promise.resolve({ session: createWasmSession(graph, "float", precision), executor: "cpu", note: null });
      const { session, name, note } = openCpuExecutor(graph);
      return Promise.resolve({ session, executor: name, note });
    },
    adapter: () => Promise.resolve(CPU_DESCRIPTION),
  };
}
