import { columnPositions, storedColumns } from "./layout.ts";
import { stride, type LowerUnit } from "./lowering.ts";

/** An Affine that no epilogue absorbs: a step of its own, in float. */
export const lowerAffine: LowerUnit = ({ builder }, { node, output }) => {
  const [source] = node.inputs;
  const layout = builder.layoutOf(source);
  if (layout.kind !== "f32") throw new Error(`internal: ${node.name} reads codes of ${source}`);
  builder.declare(output, layout);
  const { scale, bias } = node.weights;
  const column = builder.constant(`${node.name}.column`, () => {
    const pairs = new Float32Array(2 * storedColumns(layout));
    columnPositions(layout).forEach((at, c) => {
      pairs[8 * (at >> 2) + (at & 3)] = scale.data[c];
      pairs[8 * (at >> 2) + 4 + (at & 3)] = bias.data[c];
    });
    return pairs;
  });
  const params = { rows: builder.options.images * layout.rows, stride4: stride(layout) };
  builder.step({ name: node.name, kernel: "affine", params, constants: {}, inputs: [{ value: source }, column], output });
};
