import { exactExp, exactGelu, exactGeluTanh, exactReciprocal, type Arithmetic } from "../exact-math.ts";
import { f32, floats, type KernelTwin } from "./kernel-twin.ts";

/** shaders/activation.wgsl */
export const activation: KernelTwin = (p, constants, [xWords], output, math) => {
  const [x, y] = [xWords, output].map(floats);
  const [c0, c1, c2] = [p.c0, p.c1, p.c2].map(f32);
  const functions: readonly ((v: number) => number)[] = [
    (v) => exactGelu(v, math),
    (v) => exactGeluTanh(v, math),
    (v) => bySigmoid(v, f32(1.702), math),
    (v) => bySigmoid(v, 1, math),
    (v) => Math.max(v, 0),
    (v) => math.fma(math.fma(c2, v, c1), v, c0),
    (v) => Math.min(Math.max(math.fma(c1, v, c0), 0), 1),
  ];
  const activate = functions[constants.KIND];
  for (let row = 0; row < p.rows; row++) {
    for (let column = 0; column < p.out_stride; column++) {
      const source = row * p.in_stride + column;
      const v = column < p.columns ? activate(x[source]) : 0;
      y[row * p.out_stride + column] = constants.GATED && column < p.columns ? f32(v * x[source + p.columns]) : v;
    }
  }
};

function bySigmoid(v: number, slope: number, math: Arithmetic): number {
  return f32(v * sigmoid(f32(slope * v), math));
}

export function sigmoid(u: number, math: Arithmetic): number {
  const e = exactExp(-Math.abs(u), math);
  const inverse = exactReciprocal(f32(1 + e), math);
  return u < 0 ? f32(e * inverse) : inverse;
}
