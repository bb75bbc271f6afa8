/**
 * Quantizers that ONNX has no operator for, as functions inside the file (opset 8 of the format's IR and later), which every runtime inlines.
 * Uniform: clamp(round(x / scale) + zero, 0, 2^bits - 1), for zero points outside of the codes' type. Codebook: the code is the number of thresholds above
 * x, found in `bits` steps of halving, the value is read from a table; so every scheme with thresholds runs anywhere as it runs here.
 */
import type { OnnxFunction, OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { OWN_DOMAIN } from "./onnx-builder.ts";

const node = (opType: string, inputs: readonly string[], output: string, attributes: OnnxNode["attributes"] = {}): OnnxNode => ({
  name: "",
  opType,
  domain: "",
  inputs,
  outputs: [output],
  attributes,
});

/** Attributes that say to a reader what the function's tables were made of. */
export const QUANTIZER_ATTRIBUTES = ["scheme", "bits", "levels", "scale", "zero_points", "parameters"] as const;

export function uniformFunction(bits: number, opset: number): OnnxFunction {
  return {
    name: `Uniform${bits}`,
    domain: OWN_DOMAIN,
    inputs: ["x", "scale", "zero"],
    outputs: ["y"],
    attributes: ["bits"],
    opsets: { "": opset },
    nodes: [
      node("Constant", [], "low", { value_float: 0 }),
      node("Constant", [], "high", { value_float: 2 ** bits - 1 }),
      node("Div", ["x", "scale"], "steps"),
      node("Round", ["steps"], "rounded"),
      node("Add", ["rounded", "zero"], "shifted"),
      node("Clip", ["shifted", "low", "high"], "code"),
      node("Sub", ["code", "zero"], "level"),
      node("Mul", ["level", "scale"], "y"),
    ],
  };
}

/** `thresholds`: 2^steps - 1 of them, falling; `values`: 2^steps, by the number of thresholds above x. */
export function codebookFunction(steps: number, opset: number): OnnxFunction {
  const nodes: OnnxNode[] = [];
  let count: string | null = null;
  for (let step = 0; step < steps; step++) {
    const half = 2 ** (steps - 1 - step);
    nodes.push(node("Constant", [], `half${step}`, { value_int: half }));
    nodes.push(node("Constant", [], `before${step}`, { value_int: half - 1 }));
    const at = count === null ? `before${step}` : `at${step}`;
    if (count !== null) nodes.push(node("Add", [count, `before${step}`], at));
    nodes.push(node("Gather", ["thresholds", at], `threshold${step}`));
    nodes.push(node("Less", ["x", `threshold${step}`], `above${step}`));
    nodes.push(node("Cast", [`above${step}`], `bit${step}`, { to: 7 }));
    nodes.push(node("Mul", [`bit${step}`, `half${step}`], `part${step}`));
    const sum: string = count === null ? `part${step}` : `count${step}`;
    if (count !== null) nodes.push(node("Add", [count, `part${step}`], sum));
    count = sum;
  }
  nodes.push(node("Gather", ["values", count ?? ""], "y"));
  return {
    name: `Codebook${steps}`,
    domain: OWN_DOMAIN,
    inputs: ["x", "thresholds", "values"],
    outputs: ["y"],
    attributes: [...QUANTIZER_ATTRIBUTES],
    opsets: { "": opset },
    nodes,
  };
}
