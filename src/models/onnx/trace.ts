/** The state of reading one ONNX graph: makes nodes of our graph, and turns views back into outputs of such nodes. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { Trace } from "./handler.ts";
import { activationOf, isLinear } from "./probe.ts";
import { addVector, scaleNode } from "./rewrite.ts";
import { unsupported } from "./unsupported.ts";
import { runsOf, type Pending, type View } from "./value.ts";

export function createTrace(opset: number, fromTensor: Trace["fromTensor"]): Trace {
  let count = 0;
  const done = new Map<Pending, Map<string, Pending>>();
  const trace: Trace = {
    opset,
    notes: new Set(),
    fromTensor,
    make: ({ op, inputs, shape, attributes = {}, weights = {}, quantizers = () => ({}) }) => ({
      id: count++,
      op,
      inputs,
      attributes,
      weights,
      shape,
      quantizers,
    }),
    read(view, reader) {
      const { source, offset, samples } = view;
      if (!source) throw unsupported(reader, "reads the pixels other than through a patch embedding");
      if (view.quantizer) trace.notes.add(`Rounding before ${reader.opType} is left out: only inputs of products are rounded here.`);
      const key = `${offset} ${runsOf(view)
        .map(({ size, stride }) => `${size}x${stride}`)
        .join()} ${samples ? samples.join() : ""}`;
      const known = done.get(source) ?? new Map<string, Pending>();
      done.set(source, known);
      const result = known.get(key) ?? activate(trace, rowsOf(trace, view, reader), samples, reader);
      known.set(key, result);
      return result;
    },
  };
  return trace;
}

/** All rows of a node's output, or one of them. */
function rowsOf(trace: Trace, view: View, reader: OnnxNode): Pending {
  const { source, offset } = view;
  if (!source) throw new Error("internal: pixels have no rows");
  const runs = runsOf(view);
  const width = source.shape.at(-1) ?? 1;
  const isDense = runs.length === 0 || (runs.length === 1 && runs[0].stride === 1);
  const count = runs.length === 0 ? 1 : runs[0].size;
  if (isDense && offset === 0 && count === elementCount(source.shape)) return source;
  if (isDense && count === width && offset % width === 0 && source.shape.length === 2) {
    return trace.make({ op: "Gather", inputs: [source], shape: [width], attributes: { index: offset / width } });
  }
  throw unsupported(reader, "reads part of a value, or its elements in another order, where only whole values are read");
}

function activate(trace: Trace, source: Pending, samples: View["samples"], reader: OnnxNode): Pending {
  if (!samples) return source;
  if (isLinear(samples)) {
    const [offset, one] = samples;
    const factor = one - offset;
    const scaled = factor === 1 ? source : scaleNode(trace, source, factor);
    if (!scaled) throw unsupported(reader, `reads the output of ${source.op} multiplied by ${factor}`);
    if (offset === 0) return scaled;
    const shifted = addVector(trace, scaled, () => new Float32Array(scaled.shape.at(-1) ?? 1).fill(offset));
    if (!shifted) throw unsupported(reader, `reads the output of ${source.op} to which one number was added`);
    return shifted;
  }
  const activation = activationOf(samples);
  if (!activation)
    throw unsupported(reader, "reads an activation that is not known here (GELU in its three forms, ReLU, SiLU and parabolas are)");
  return trace.make({ ...activation, inputs: [source], shape: source.shape });
}
