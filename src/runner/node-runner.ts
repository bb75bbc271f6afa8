import type { Gpu } from "../gpu/device.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { attribute, headsOf, inferShape, type OpName } from "../graph/ops.ts";
import { runNode as runOnCpu } from "../reference/index.ts";
import { elementCount, tensor, type Shape, type Tensor } from "../tensor/tensor.ts";
import { openWasmHost } from "../wasm/host.ts";
import { createConstantBuffers } from "./constant-buffers.ts";
import { decodeValue } from "./decode-value.ts";
import type { PlanExecutor } from "./executor.ts";
import { createGpuExecutor } from "./gpu-executor.ts";
import { columnCount, layoutBytes, pad4, rowLayout, storedColumns, type Layout } from "./layout.ts";
import { rules } from "./make-plan.ts";
import { createPlanBuilder } from "./plan-builder.ts";
import type { Plan } from "./plan.ts";
import { usesOf } from "./units.ts";
import { createWasmExecutor } from "./wasm-executor.ts";

/** Element-wise and copying ops cost less on the CPU than the way to the GPU and back. */
const ON_CPU: ReadonlySet<OpName> = new Set<OpName>([
  "Gelu",
  "Activation",
  "GatedActivation",
  "Affine",
  "Add",
  "AttentionBias",
  "HeadGate",
  "Gather",
  "GatherRows",
  "MaxRows",
  "SoftmaxPool",
  "PrependTokens",
  "Patchify",
]);

/** Bytes of one operand in memory at a time; larger batches are cut. */
const PIECE_BYTES = { gpu: 96 * 2 ** 20, wasm: 8 * 2 ** 20 };

export type NodeRunner = (node: Node, inputs: readonly Tensor[]) => Promise<Tensor>;

/** Where the plan of a single node runs: opened for the node, executors made for its pieces, closed at its end. */
interface NodeDevice {
  executor(plan: Plan): Promise<PlanExecutor>;
  close(): void;
}

/** Executes single nodes in float, a batch at a time: what calibration needs. */
export function createNodeRunner(gpu: Gpu): NodeRunner {
  return nodeRunner(PIECE_BYTES.gpu, () => {
    const constants = createConstantBuffers(gpu);
    return Promise.resolve({
      executor(plan) {
        constants.upload(plan.constants);
        return createGpuExecutor(gpu, plan, constants);
      },
      close: () => constants.destroy(),
    });
  });
}

/**
 * The same on WebAssembly. Every op but AttentionScores gives the bits of a GPU that rounds fma twice; that one adds up in f64, where a GPU's
 * compiler chooses an order in f32.
 */
export function createWasmNodeRunner(): NodeRunner {
  const opening = openWasmHost();
  return nodeRunner(PIECE_BYTES.wasm, async () => {
    const host = await opening;
    return { executor: (plan) => Promise.resolve(createWasmExecutor(plan, opening)), close: () => host.clear() };
  });
}

function nodeRunner(pieceBytes: number, open: () => Promise<NodeDevice>): NodeRunner {
  return async (node, inputs) => {
    if (ON_CPU.has(node.op)) return runOnCpu(node, inputs);
    const bare: Node = { name: node.name, op: node.op, inputs: node.inputs, attributes: node.attributes, weights: node.weights };
    const shapes = Object.fromEntries(node.inputs.map((name, i) => [name, inputs[i].shape.slice(1)]));
    const outputShape = inferShape(
      bare,
      inputs.map((input) => input.shape.slice(1)),
    );
    const heads =
      node.op === "AttentionOutput"
        ? headsOf(shapes[node.inputs[0]], shapes[node.inputs[1]])
        : node.op === "AttentionScores"
          ? attribute(node, "numHeads")
          : 0;
    const layouts = node.inputs.map((name) => inputLayout(heads, shapes[name]));
    const images = inputs[0].shape[0];
    const largest = Math.max(...layouts.map((layout) => layoutBytes(layout, 1)), 4 * elementCount(outputShape));
    const piece = Math.max(1, Math.min(images, Math.floor(pieceBytes / largest)));
    const out = new Float32Array(images * elementCount(outputShape));
    const device = await open();
    const packed = new Map();
    for (let start = 0; start < images; start += piece) {
      const size = Math.min(piece, images - start);
      const builder = createPlanBuilder({
        mode: "float",
        images: size,
        execution: "f32",
        attention: "unfused",
        taps: [],
        constants: packed,
      });
      node.inputs.forEach((name, i) => builder.declare(name, layouts[i]));
      const graph: Graph = { name: node.name, inputShape: [], nodes: [bare], shapes: { ...shapes, [node.name]: outputShape } };
      const rule = rules[node.op];
      rule(
        { graph, uses: usesOf(graph), builder },
        { node: bare, attention: null, gelu: null, affine: null, add: null, tokens: null, output: node.name },
      );
      const plan = builder.finish(node.name, node.inputs, node.name);
      const executor = await device.executor(plan);
      const feeds = Object.fromEntries(node.inputs.map((name, i) => [name, stored(layouts[i], inputs[i], start, size)]));
      const run = await executor.run(feeds, false);
      out.set(decodeValue(plan, node.name, run.output, outputShape).data, start * elementCount(outputShape));
      executor.destroy();
    }
    device.close();
    return tensor([images, ...outputShape], out);
  };
}

/** Attention ops read qkv by heads and maps by rows of all heads; everything else (heads = 0) reads plain rows. */
function inputLayout(heads: number, shape: Shape): Layout {
  const columns = shape.at(-1) ?? 0;
  if (shape.length === 3) return rowLayout("f32", shape[0] * shape[1], columns);
  const rows = shape.length === 1 ? 1 : shape[0];
  return heads === 0 ? rowLayout("f32", rows, columns) : { kind: "f32", rows, sections: 3, heads, headDim: columns / (3 * heads) };
}

/** Images [start, start + size) of a batch, rows padded as the layout wants. */
function stored(layout: Layout, { data }: Tensor, start: number, size: number): Float32Array<ArrayBuffer> {
  const columns = columnCount(layout);
  const stride = storedColumns(layout);
  const perImage = layout.rows * columns;
  const from = data.subarray(start * perImage, (start + size) * perImage);
  if (stride === columns) return from.slice();
  const out = new Float32Array(size * layout.rows * stride);
  const { headDim } = layout;
  const padded = pad4(headDim);
  for (let row = 0, at = 0; row < size * layout.rows; row++) {
    for (let to = row * stride, end = at + columns; at < end; at += headDim, to += padded) out.set(from.subarray(at, at + headDim), to);
  }
  return out;
}
