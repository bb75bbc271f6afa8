/** Networks that are none of ours: refused with the node that does not fit, within bounds of time and memory. */
import { expect, test } from "vitest";
import type { OnnxFile } from "../../formats/onnx/open-onnx.ts";
import { decodeOnnxTensor } from "../../formats/onnx/decode-tensor.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "../../formats/onnx/onnx-model.ts";
import { onnxTensor } from "../../formats/onnx/write-model.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { traceOnnx } from "./import-graph.ts";

const node = (
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: OnnxNode["attributes"] = {},
  domain = "",
): OnnxNode => ({
  name: `the-${output}`,
  opType,
  domain,
  inputs,
  outputs: [output],
  attributes,
});

function network(nodes: readonly OnnxNode[], initializers: readonly OnnxTensor[] = []): OnnxFile {
  const model: OnnxModel = {
    irVersion: 8,
    producer: "a test",
    opsets: { "": 17 },
    metadata: {},
    graphName: "g",
    nodes,
    initializers,
    inputs: [{ name: "x", type: "float", dims: [1, 3, 8, 8] }],
    outputs: [{ name: "y", type: "float", dims: null }],
  };
  return { model, values: (stored) => decodeOnnxTensor(stored) };
}

const trace = (file: OnnxFile) => traceOnnx(file, [3, 8, 8], "x", "y");
const ramp = (count: number) => Array.from({ length: count }, (_, i) => i / count);

test.each<readonly [string, OnnxNode[], OnnxTensor[], string]>([
  ["an operator that is not known", [node("NonMaxSuppression", ["x"], "y")], [], "NonMaxSuppression"],
  ["an operator of another domain", [node("Conv", ["x"], "y", {}, "somebody")], [], "somebody"],
  [
    "an overlapping convolution",
    [node("Conv", ["x", "w"], "y", { strides: [1, 1] })],
    [onnxTensor("w", "float", [2, 3, 3, 3], ramp(54))],
    "Conv",
  ],
  [
    "pixels added to a number",
    [node("Add", ["x", "one"], "z"), node("MatMul", ["z", "w"], "y")],
    [onnxTensor("one", "float", [], [1]), onnxTensor("w", "float", [8, 2], ramp(16))],
    "MatMul",
  ],
  [
    "an activation of another kind",
    [node("Conv", ["x", "w"], "c", { strides: [4, 4] }), node("Tanh", ["c"], "t"), node("GlobalAveragePool", ["t"], "y")],
    [onnxTensor("w", "float", [2, 3, 4, 4], ramp(96))],
    "GlobalAveragePool",
  ],
])("%s", async (_name, nodes, tensors, told) => {
  const error = await expectCode("ONNX_UNSUPPORTED", () => trace(network(nodes, tensors)));
  expect(error.message).toContain(told);
  expect(error.message).toContain("the-");
});

test.each<readonly [string, OnnxNode[], OnnxTensor[]]>([
  ["a value that nobody computes", [node("Relu", ["nothing"], "y")], []],
  ["nodes in a circle", [node("Relu", ["b"], "y"), node("Relu", ["y"], "b")], []],
  ["a shape that does not fit", [node("Reshape", ["x", "s"], "y")], [onnxTensor("s", "int64", [2], [5, 5])]],
  [
    "a constant beyond all memory",
    [node("ConstantOfShape", ["s"], "z"), node("Add", ["x", "z"], "y")],
    [onnxTensor("s", "int64", [2], [2 ** 20, 2 ** 20])],
  ],
  [
    "a constant that doubles",
    [
      ...Array.from({ length: 40 }, (_, i) =>
        node("Concat", [i === 0 ? "c" : `c${i - 1}`, i === 0 ? "c" : `c${i - 1}`], `c${i}`, { axis: 0 }),
      ),
      node("Add", ["x", "c39"], "y"),
    ],
    [onnxTensor("c", "float", [2], [1, 2])],
  ],
])("%s breaks a rule", async (_name, nodes, tensors) => {
  await expectCode("ONNX_INVALID", () => trace(network(nodes, tensors)));
});

test("a chain of a hundred thousand operators is read without recursion, and one that squares itself without blowing up", async () => {
  const chain = Array.from({ length: 100_000 }, (_, i) => node("Identity", [i === 0 ? "x" : `v${i - 1}`], i === 99_999 ? "y" : `v${i}`));
  await expectCode("ONNX_UNSUPPORTED", () => trace(network(chain)));
  const squares = Array.from({ length: 2_000 }, (_, i) =>
    node("Mul", i === 0 ? ["e", "e"] : [`v${i - 1}`, `v${i - 1}`], i === 1_999 ? "y" : `v${i}`),
  );
  await expectCode("ONNX_UNSUPPORTED", () => trace(network([node("Erf", ["x"], "e"), ...squares])));
});
