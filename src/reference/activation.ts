import type { Attributes, Node } from "../graph/graph.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { geluExact, geluTanh, quickGelu } from "./gelu.ts";

type Activate = (x: number) => number;

/** kind "relu": max(x, 0); "silu": x / (1 + exp(-x)); "polynomial": c0 + c1 x + c2 x^2; "none", "tanh", "sigmoid": the forms of GELU. */
export function activation(node: Node, [x]: readonly Tensor[]): Tensor {
  return tensor(x.shape, x.data.map(formulaOf(node)));
}

/** x: [...,2M], halves a and b of each row -> f(a) * b: [...,M]. SwiGLU (Shazeer 2020, arXiv 2002.05202) where f is SiLU. */
export function gatedActivation(node: Node, [x]: readonly Tensor[]): Tensor {
  const activate = formulaOf(node);
  const columns = (x.shape.at(-1) ?? 0) / 2;
  const out = new Float32Array(x.data.length / 2);
  for (let i = 0; i < out.length; i++) {
    const a = Math.floor(i / columns) * columns + i;
    out[i] = activate(x.data[a]) * x.data[a + columns];
  }
  return tensor([...x.shape.slice(0, -1), columns], out);
}

const formulas: Readonly<Record<string, (attributes: Attributes) => Activate>> = {
  none: () => geluExact,
  tanh: () => geluTanh,
  sigmoid: () => quickGelu,
  silu: () => (x) => x / (1 + Math.exp(-x)),
  relu: () => (x) => Math.max(x, 0),
  polynomial: ({ c0, c1, c2 }) => {
    const [a, b, c] = [c0, c1, c2].map(Number);
    return (x) => (c * x + b) * x + a;
  },
};

function formulaOf({ name, attributes }: Node): Activate {
  const { kind } = attributes;
  if (typeof kind !== "string" || !Object.hasOwn(formulas, kind)) throw new Error(`internal: ${name} has the unknown activation ${kind}`);
  return formulas[kind](attributes);
}
