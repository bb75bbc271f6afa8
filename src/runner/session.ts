import { canRun } from "../gpu/can-run.ts";
import type { Gpu } from "../gpu/device.ts";
import { kernels } from "../gpu/kernels/index.ts";
import { outputName, type Graph } from "../graph/graph.ts";
import { parallelJobs, throwIfCancelled, type Job } from "../tensor/progress.ts";
import { elementCount, tensor, type Tensor } from "../tensor/tensor.ts";
import { openWasmHost } from "../wasm/host.ts";
import { createConstantBuffers } from "./constant-buffers.ts";
import { createCpuExecutor } from "./cpu-executor.ts";
import { decodeValue } from "./decode-value.ts";
import type { PlanExecutor } from "./executor.ts";
import { compilePlan, createGpuExecutor } from "./gpu-executor.ts";
import { checkHalves } from "./check-halves.ts";
import { makePlan } from "./make-plan.ts";
import type { PlanOptions } from "./plan-builder.ts";
import { packConstants } from "./pack-constants.ts";
import { defaultChoices, type GemmChoices } from "./tune/gemm-rungs.ts";
import type { AttentionForm, ConstantArray, FloatPrecision, IntegerExecution, Plan, PlanMode } from "./plan.ts";
import { createWasmExecutor } from "./wasm-executor.ts";

export interface SessionRun {
  /** [B, classes] */
  readonly logits: Tensor;
  /** The values asked for that the plan keeps, [B, ...]. */
  readonly taps: Readonly<Record<string, Tensor>>;
}

/** A model ready to run batches of any size: weights packed and uploaded once, plans kept by batch size. */
export interface Session {
  readonly graph: Graph;
  readonly mode: PlanMode;
  /** images: [B,C,H,W]; large batches run in pieces of `maxImages`. */
  run(images: Tensor, taps?: readonly string[], job?: Job): Promise<SessionRun>;
  /** Compile and warm up for `images` at a time, so that the next run creates nothing. */
  prepare(images: number, taps?: readonly string[], job?: Job): Promise<Plan>;
  /** Bytes of weights and tables as they lie on the device. */
  constantBytes(): number;
  destroy(): void;
}

export interface SessionOptions {
  readonly mode: PlanMode;
  readonly execution: IntegerExecution;
  /** Storage of a float model; default f32. In f16, `prepare` and `run` throw InputError HALF_WRONG on adapters that fail the kernels' cases. */
  readonly precision?: FloatPrecision;
  /** Rungs of the linear layers; without it, the defaults of the adapter. */
  readonly gemm?: GemmChoices;
  /** Normalizations and patchify as steps of their own, or as prologues of the linear layers behind them. Default: as `gemm` says. */
  readonly prologue?: PlanOptions["prologue"];
  /** Default: the adapter's, attentionFormOf(). */
  readonly attention?: AttentionForm;
  /** Images per submit. Default: maxImagesOf(). */
  readonly maxImages?: number;
}

/** Fills in the constants that a plan waits for. */
type Pack = (job: Job | undefined) => Promise<void>;

const KEPT_PLANS = 3;

/** Images per run on WebAssembly: more would only enlarge the arena. */
const WASM_IMAGES = 4;

/** Images per submit where nothing else is said: a software adapter takes few, so that a cancel is not kept waiting. */
export function maxImagesOf({ isSoftware }: Gpu): number {
  return isSoftware ? 4 : 16;
}

/** Two things that are done side by side: milliseconds from the beginning of both to the end of each. */
export interface Preparation {
  readonly weightsMs: number;
  readonly kernelsMs: number;
}

export interface GpuSession extends Session {
  /** Of the latest plan that was made ready; null before the first. */
  preparation(): Preparation | null;
}

/** A session on the GPU. */
export function createGpuSession(gpu: Gpu, graph: Graph, options: SessionOptions): GpuSession {
  const buffers = createConstantBuffers(gpu);
  let preparation: Preparation | null = null;
  const make = async (plan: Plan, pack: Pack, job?: Job) => {
    // Pipelines compile while the weights are packed; a failure of either is the caller's.
    const { weights, kernels: compilation } = parallelJobs(job, "loading weights, compiling kernels", ["weights", "kernels"]);
    const startMs = performance.now();
    const sinceStart = () => performance.now() - startMs;
    const compiling = compilePlan(gpu, plan, compilation).then(sinceStart);
    const loading = pack(weights)
      .then(() => buffers.upload(plan.constants))
      .then(sinceStart);
    const [kernelsMs, weightsMs] = await Promise.all([compiling, loading]);
    preparation = { weightsMs, kernelsMs };
    if (options.precision === "f16") await checkHalves(gpu, plan);
    return createGpuExecutor(gpu, plan, buffers);
  };
  const maxImages = options.maxImages ?? maxImagesOf(gpu);
  const gemm = options.gemm ?? defaultChoices(gpu);
  const form = { attention: attentionFormOf(gpu, options.mode), gemm, ...options };
  return { ...createSession(graph, form, maxImages, make, () => buffers.destroy()), preparation: () => preparation };
}

/** Whole rows without barriers on a software adapter, shared by four invocations where it has subgroups; in workgroup memory on a GPU; three dispatches for codes where a GPU lacks the packed dot product. */
export function attentionFormOf(gpu: Gpu, mode: PlanMode): AttentionForm {
  if (gpu.isSoftware) return canRun(gpu, kernels["attention-share-f32"]) ? "share" : "rows";
  return mode === "float" || canRun(gpu, kernels["attention-tile-codes"]) ? "tile" : "unfused";
}

/** A session on the CPU twins of the kernels: the strict reference. `fused`: how the adapter to compare with rounds fma. */
export function createReferenceSession(graph: Graph, mode: PlanMode, fused: boolean, precision: FloatPrecision = "f32"): Session {
  return createSession(
    graph,
    { mode, execution: "f32", precision },
    1,
    (plan, pack, job) => pack(job).then(() => createCpuExecutor(plan, fused)),
    () => {},
  );
}

/** A session on WebAssembly, single-threaded: the words of the strict reference for an adapter that rounds fma twice. */
export function createWasmSession(graph: Graph, mode: PlanMode, precision: FloatPrecision = "f32"): Session {
  const host = openWasmHost();
  return createSession(
    graph,
    { mode, execution: "f32", precision },
    WASM_IMAGES,
    (plan, pack, job) => pack(job).then(() => createWasmExecutor(plan, host)),
    () => {},
  );
}

function createSession(
  graph: Graph,
  { mode, execution, precision = "f32", prologue, attention = "unfused", gemm }: SessionOptions,
  maxImages: number,
  makeExecutor: (plan: Plan, pack: Pack, job?: Job) => Promise<PlanExecutor>,
  release: () => void,
): Session {
  const constants = new Map<string, ConstantArray>();
  const ready = new Map<string, { plan: Plan; executor: PlanExecutor }>();
  const perImage = elementCount(graph.inputShape);

  const prepared = async (images: number, taps: readonly string[], job?: Job) => {
    const key = `${images}:${taps.join()}`;
    const known = ready.get(key);
    if (known) return known;
    const pending = new Map<string, () => ConstantArray>();
    const plan = makePlan(graph, {
      mode,
      images,
      execution,
      precision,
      attention,
      taps,
      constants,
      pending,
      ...(prologue ? { prologue } : {}),
      ...(gemm ? { gemm } : {}),
    });
    const made = { plan, executor: await makeExecutor(plan, (part) => packConstants(constants, pending, part), job) };
    ready.set(key, made);
    for (const [old, { executor }] of ready) {
      if (ready.size <= KEPT_PLANS) break;
      executor.destroy();
      ready.delete(old);
    }
    return made;
  };

  return {
    graph,
    mode,
    async run(images, taps = [], job) {
      const count = images.shape[0];
      const classes = elementCount(graph.shapes[outputName(graph)]);
      const logits = new Float32Array(count * classes);
      const kept: Record<string, Float32Array<ArrayBuffer>> = {};
      for (let start = 0; start < count; start += maxImages) {
        throwIfCancelled(job);
        job?.onProgress?.({ stage: `running ${mode} model`, done: start, total: count });
        const size = Math.min(maxImages, count - start);
        const { plan, executor } = await prepared(size, taps, job);
        const pixels = images.data.slice(start * perImage, (start + size) * perImage);
        const run = await executor.run({ pixels }, taps.length > 0);
        logits.set(decodeValue(plan, plan.output, run.output, [classes]).data, start * classes);
        for (const [name, words] of run.taps) {
          const shape = graph.shapes[name];
          kept[name] ??= new Float32Array(count * elementCount(shape));
          kept[name].set(decodeValue(plan, name, words, shape).data, start * elementCount(shape));
        }
      }
      const tensors = Object.entries(kept).map(([name, data]) => [name, tensor([count, ...graph.shapes[name]], data)] as const);
      return { logits: tensor([count, classes], logits), taps: Object.fromEntries(tensors) };
    },
    async prepare(images, taps = [], job) {
      return (await prepared(Math.min(images, maxImages), taps, job)).plan;
    },
    constantBytes: () => [...constants.values()].reduce((sum, array) => sum + array.byteLength, 0),
    destroy() {
      for (const { executor } of ready.values()) executor.destroy();
      ready.clear();
      release();
    },
  };
}
