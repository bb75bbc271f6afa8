import type { Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { erf } from "./erf.ts";

/** approximate "none": x/2 (1 + erf(x / sqrt 2)); "tanh": x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))); "sigmoid": x / (1 + exp(-1.702 x)). Hendrycks & Gimpel 2016. */
export function gelu(node: Node, [x]: readonly Tensor[]): Tensor {
  const { approximate } = node.attributes;
  const formula = approximate === "tanh" ? geluTanh : approximate === "sigmoid" ? quickGelu : geluExact;
  return tensor(x.shape, x.data.map(formula));
}

export function geluExact(x: number): number {
  return (x / 2) * (1 + erf(x / Math.SQRT2));
}

export function geluTanh(x: number): number {
  return (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

export function quickGelu(x: number): number {
  return x / (1 + Math.exp(-1.702 * x));
}
