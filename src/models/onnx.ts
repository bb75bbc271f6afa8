/** Vision Transformers as ONNX networks, whoever exported them: what they are is read from the network, not from names. */
import type { ModelFiles } from "../formats/open-model.ts";
import type { OnnxFile } from "../formats/onnx/open-onnx.ts";
import type { Family } from "./family.ts";
import { buildGraph } from "./onnx/build-graph.ts";
import { describeOnnx } from "./onnx/describe-onnx.ts";

export const onnx: Family = {
  name: "onnx",
  match: (files) => (files.onnx ? 1 : 0),
  describe(files) {
    const { card, notes } = describeOnnx(files, networkOf(files));
    return { card, notes };
  },
  build(files, card, job) {
    const { nodes, inputShape } = describeOnnx(files, networkOf(files));
    return Promise.resolve(buildGraph(card.name, inputShape, nodes, job));
  },
};

function networkOf({ onnx: network }: ModelFiles): OnnxFile {
  if (!network) throw new Error("internal: the family ONNX was chosen for files without a network");
  return network;
}
