import { describe, expect, it } from "vitest";
import { makeGraph, type Node } from "../../graph/graph.ts";
import { tensor } from "../../tensor/tensor.ts";
import { constantTensors } from "./constant-tensors.ts";
import { inspectGraph } from "./inspect-graph.ts";
import { untrainedClassifier } from "./untrained-classifier.ts";

const head = (name: string, ...values: readonly number[]): Node => ({
  name,
  op: "Gemm",
  inputs: ["pixels"],
  attributes: {},
  weights: { weight: tensor([2, 2], Float32Array.from(values)), bias: tensor([2], Float32Array.of(0, 0)) },
});
const sum: Node = { name: "logits", op: "Add", inputs: ["head", "head_dist"], attributes: {}, weights: {} };

describe("a classifier that nobody trained", () => {
  it("has one value for all weights", () => {
    expect(untrainedClassifier(makeGraph("m", [2], [head("head", 0, 0, 0, 0)]))).toMatchObject({ code: "CLASSIFIER_UNTRAINED" });
    expect(untrainedClassifier(makeGraph("m", [2], [head("head", 0, 0, 0, 1e-9)]))).toBeNull();
  });

  it("of two heads both", () => {
    const trained = head("head_dist", 1, 2, 3, 4);
    expect(untrainedClassifier(makeGraph("m", [2], [head("head", 0, 0, 0, 0), trained, sum]))).toBeNull();
    const both = makeGraph("m", [2], [head("head", 0, 0, 0, 0), head("head_dist", 1, 1, 1, 1), sum]);
    expect(untrainedClassifier(both)?.text).toContain("head and head_dist are 0");
  });

  it("is no layer of another kind", () => {
    const gelu: Node = { name: "act", op: "Gelu", inputs: ["head"], attributes: { approximate: "none" }, weights: {} };
    expect(untrainedClassifier(makeGraph("m", [2], [head("head", 0, 0, 0, 0), gelu]))).toBeNull();
  });
});

it("lists weights of one value, and no biases", async () => {
  const graph = makeGraph("m", [2], [head("head", 0.5, 0.5, 0.5, 0.5), { ...head("other", 1, 2, 3, 4), inputs: ["head"] }]);
  expect(constantTensors(await inspectGraph(graph)).map(({ name }) => name)).toEqual(["head.weight"]);
});
