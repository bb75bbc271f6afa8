import type { Graph, Node } from "../../graph/graph.ts";
import type { Levels, Site } from "../../graph/quantizer.ts";
import type { Job } from "../../tensor/progress.ts";
import type { Accepts } from "../rules/accepts.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** One node during calibration, with the values it reads on the calibration batch. Steps return a changed copy. */
export interface Layer {
  /** With the quantizers chosen so far. */
  readonly node: Node;
  /** What it reads on the measured path, before its own quantizers: degraded by earlier layers (sequential) or float (parallel). */
  readonly inputs: readonly Tensor[];
  /** The same layer in the float model: same exact rewrites, no quantization. Its inputs are those of the float path. */
  readonly float: { readonly node: Node; readonly inputs: readonly Tensor[] };
  /** New nodes that run right before it. */
  readonly inserted: readonly Node[];
  /** Earlier nodes that were rewritten together with it. */
  readonly changed: ReadonlyMap<string, Node>;
  /** Its value on the measured path where a step has computed it already. */
  readonly output?: Tensor;
}

/** What a step may ask for. */
export interface StepContext {
  /** The float model: for structure. */
  readonly graph: Graph;
  readonly levels: Levels;
  readonly job?: Job | undefined;
  /** Executes one node in float on a whole batch. */
  readonly runNode: (node: Node, inputs: readonly Tensor[]) => Promise<Tensor>;
  /** An earlier node as it stands now. */
  readonly nodeNow: (name: string) => Node;
  /** What the recipe's `prepare` found. */
  readonly prepared: ReadonlyMap<string, number>;
  /** Values that a step keeps for a later layer of the same walk; whoever keeps one deletes it. */
  readonly kept: Map<string, Tensor>;
  /** The node with the quantizer of one site found (again) by the recipe's own rule; unchanged where no rule names the site. */
  readonly observe: (node: Node, inputs: readonly Tensor[], site: Site) => Node;
}

/** A part of a method that works on one layer at a time, on its data. */
export interface LayerStep {
  /** What it does, for progress: "rounding weights by GPTQ". */
  readonly stage: string;
  /** True when it compares with the float path, which then runs beside a sequential walk. */
  readonly needsFloat?: boolean;
  /** False where it could not work with a scheme and granularity that a user's rule asks for at a place, or would replace them. Absent: it can with all. */
  readonly accepts?: Accepts;
  run(layer: Layer, context: StepContext): Layer | Promise<Layer>;
}
