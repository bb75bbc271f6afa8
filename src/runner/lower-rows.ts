import { attribute, isCentred } from "../graph/ops.ts";
import { INPUT } from "../graph/graph.ts";
import { columnPositions, rowLayout, storedColumns } from "./layout.ts";
import { atPositions, codesOf, outputCode, stride, uniformDecoding, type LowerUnit } from "./lowering.ts";

/** Patch rows, float or 8-bit codes. */
export const lowerPatchify: LowerUnit = (lowering, { node, output }) => {
  const { builder, graph } = lowering;
  const [, height, width] = graph.inputShape;
  const [patches, depth] = graph.shapes[output];
  const patch = attribute(node, "patchSize");
  const codes = codesOf(lowering, output);
  builder.declare(output, rowLayout(codes ? "codes" : "f32", patches, depth), codes ? uniformDecoding(codes) : undefined);
  const { inverse, zero, max } = outputCode(codes);
  const geometry = {
    patches,
    columns: width / patch,
    depth,
    stride4: stride(builder.layoutOf(output)),
    patch_size: patch,
    height,
    width,
    images: builder.options.images,
  };
  const params = { ...geometry, inverse_scale: inverse, zero, code_max: max };
  builder.step({ name: node.name, kernel: "patchify", params, constants: { QUANTIZE: codes ? 1 : 0 }, inputs: [{ value: INPUT }], output });
};

/** LayerNormalization; when codes are wanted, scale and bias absorb the step and the zero point: code = clamp(rint(n * g + h)). */
export const lowerLayerNorm: LowerUnit = (lowering, { node, output }) => {
  const { builder } = lowering;
  const [source] = node.inputs;
  const layout = builder.layoutOf(source);
  const codes = codesOf(lowering, output);
  builder.declare(output, { ...layout, kind: codes ? "codes" : "f32" }, codes ? uniformDecoding(codes) : undefined);
  const { scale, bias } = node.weights;
  const { zero, max } = outputCode(codes);
  const step = codes ? codes.quantizers[0].scale[0] : 1;
  const positions = columnPositions(layout);
  const stored = storedColumns(layout);
  const gain = builder.constant(`${node.name}.gain`, () =>
    atPositions(
      scale.data.map((value) => value / step),
      positions,
      stored,
    ),
  );
  const shift = builder.constant(`${node.name}.shift`, () =>
    atPositions(
      bias.data.map((value) => value / step + zero),
      positions,
      stored,
    ),
  );
  const params = {
    rows: builder.options.images * layout.rows,
    columns: layout.headDim,
    stride4: stride(layout),
    inverse_columns: 1 / layout.headDim,
    epsilon: attribute(node, "epsilon"),
    code_max: max,
  };
  builder.step({
    name: node.name,
    kernel: isCentred(node) ? "layer-norm" : "rms-norm",
    params,
    constants: { QUANTIZE: codes ? 1 : 0 },
    inputs: [{ value: source }, gain, shift],
    output,
  });
};

export const lowerReduceMean: LowerUnit = ({ builder, graph }, { node, output }) => {
  const [source] = node.inputs;
  const layout = builder.layoutOf(source);
  const start = attribute(node, "start");
  builder.declare(output, rowLayout("f32", 1, graph.shapes[output][0]));
  const params = {
    images: builder.options.images,
    tokens: layout.rows,
    start,
    stride4: stride(layout),
    inverse_count: 1 / (layout.rows - start),
  };
  builder.step({ name: node.name, kernel: "reduce-mean", params, constants: {}, inputs: [{ value: source }], output });
};
