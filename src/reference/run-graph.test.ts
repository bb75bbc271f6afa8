import { expect, it } from "vitest";
import { makeGraph, type Node } from "../graph/graph.ts";
import { tensor } from "../tensor/tensor.ts";
import { lastReaders, runGraph } from "./run-graph.ts";

const add = (name: string, ...inputs: string[]): Node => ({ name, op: "Add", inputs, attributes: {}, weights: {} });
const graph = makeGraph(
  "sums",
  [2],
  [add("double", "pixels", "pixels"), add("triple", "double", "pixels"), add("sum", "triple", "double")],
);

it("runs nodes in order, keeps the output and what is tapped", () => {
  const { output, taps } = runGraph(graph, tensor([2, 2], Float32Array.of(1, 2, 3, 4)), ["triple"]);
  expect([...output.data]).toEqual([5, 10, 15, 20]);
  expect(Object.keys(taps)).toEqual(["triple"]);
  expect([...taps.triple.data]).toEqual([3, 6, 9, 12]);
});

it("hands every node to the given runner", () => {
  const seen: string[] = [];
  runGraph(graph, tensor([1, 2], Float32Array.of(1, 2)), [], (node, inputs) => {
    seen.push(node.name);
    return inputs[0];
  });
  expect(seen).toEqual(["double", "triple", "sum"]);
});

it("knows each value's last reader", () => {
  expect([...lastReaders(graph)]).toEqual([
    ["pixels", 1],
    ["double", 2],
    ["triple", 2],
  ]);
});
