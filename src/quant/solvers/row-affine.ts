/**
 * QwT-v2 (arXiv 2505.20932): one factor and one offset per output channel, target ~ a y + c by least squares, from running sums. Both fold into the scale and
 * the bias of the layer that computes y, so that they cost nothing at run time.
 */
export interface RowAffine {
  /** [N]: a. */
  readonly factor: Float32Array<ArrayBuffer>;
  /** [N]: c. */
  readonly offset: Float32Array<ArrayBuffer>;
  /** Sum over rows and channels of (target - y)^2. */
  readonly errorBefore: number;
  /** The same of (target - a y - c)^2. */
  readonly errorAfter: number;
}

export interface RowAffineCollector {
  /** y: [R,N] as the quantized layer gives it, target: [R,N] as the float layer does. */
  add(y: Float32Array, target: Float32Array): void;
  fit(): RowAffine;
}

/** Channels whose variance is below this share of their mean square are constant: only the offset can be fitted. */
const CONSTANT = 1e-12;

export function createRowAffine(n: number): RowAffineCollector {
  // Sums of differences from the first row, so that channels far from zero lose no digits.
  const origin = { y: new Float64Array(n), target: new Float64Array(n) };
  const sums = {
    y: new Float64Array(n),
    yy: new Float64Array(n),
    t: new Float64Array(n),
    ty: new Float64Array(n),
    tt: new Float64Array(n),
  };
  let count = 0;
  return {
    add(y, target) {
      if (y.length !== target.length || y.length % n !== 0)
        throw new Error(`internal: ${y.length} and ${target.length} values are not rows of ${n}`);
      if (count === 0 && y.length > 0) {
        origin.y.set(y.subarray(0, n));
        origin.target.set(target.subarray(0, n));
      }
      for (let start = 0; start < y.length; start += n) {
        for (let i = 0; i < n; i++) {
          const dy = y[start + i] - origin.y[i];
          const dt = target[start + i] - origin.target[i];
          sums.y[i] += dy;
          sums.yy[i] += dy * dy;
          sums.t[i] += dt;
          sums.ty[i] += dt * dy;
          sums.tt[i] += dt * dt;
        }
      }
      count += y.length / n;
    },
    fit() {
      const factor = new Float32Array(n).fill(1);
      const offset = new Float32Array(n);
      let errorBefore = 0;
      let errorAfter = 0;
      for (let i = 0; i < n && count > 0; i++) {
        const y = sums.y[i] / count;
        const t = sums.t[i] / count;
        const meanY = origin.y[i] + y;
        const yy = Math.max(0, sums.yy[i] - count * y * y);
        const ty = sums.ty[i] - count * t * y;
        const tt = sums.tt[i] - count * t * t;
        if (yy > CONSTANT * count * meanY * meanY) factor[i] = ty / yy;
        // From the rounded factor, so that what it lost is in the offset.
        offset[i] = origin.target[i] + t - factor[i] * meanY;
        const error = (a: number, c: number) => tt - 2 * a * ty + a * a * yy + count * (origin.target[i] + t - a * meanY - c) ** 2;
        errorBefore += error(1, 0);
        errorAfter += error(factor[i], offset[i]);
      }
      return { factor, offset, errorBefore, errorAfter };
    },
  };
}
