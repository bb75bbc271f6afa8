/**
 * The resampling filters of Pillow (its manual, "Concepts: Filters"), as functions of the distance from the centre in output pixels.
 * They are evaluated in f64; only resample-coefficients.ts makes integers of them. "nearest" is no convolution: resample.ts has it.
 */
export type ConvolutionFilter = "box" | "bilinear" | "hamming" | "bicubic" | "lanczos";
export type ResampleFilter = ConvolutionFilter | "nearest";

interface FilterShape {
  /** Weights are zero beyond this distance. */
  readonly support: number;
  readonly weight: (distance: number) => number;
}

/** sin(pi x) / (pi x) */
function sinc(x: number): number {
  if (x === 0) return 1;
  const angle = x * Math.PI;
  return Math.sin(angle) / angle;
}

/** The left edge is excluded and the right one included, so that touching boxes share no pixel. */
function boxWeight(x: number): number {
  return x > -0.5 && x <= 0.5 ? 1 : 0;
}

function triangleWeight(x: number): number {
  const distance = Math.abs(x);
  return distance < 1 ? 1 - distance : 0;
}

/** A sinc of one lobe under a Hamming window 0.54 + 0.46 cos(pi x). */
function hammingWeight(x: number): number {
  const distance = Math.abs(x);
  if (distance >= 1) return 0;
  if (distance === 0) return 1;
  const angle = distance * Math.PI;
  return (Math.sin(angle) / angle) * (0.54 + 0.46 * Math.cos(angle));
}

/** Keys' cubic convolution with a = -0.5 (canvas and OpenCV use other values). */
function cubicWeight(x: number): number {
  const a = -0.5;
  const distance = Math.abs(x);
  if (distance < 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * a;
  return 0;
}

/** Three lobes of sinc under the central lobe of a three times wider sinc. */
function lanczosWeight(x: number): number {
  return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

export const FILTERS: Readonly<Record<ConvolutionFilter, FilterShape>> = {
  box: { support: 0.5, weight: boxWeight },
  bilinear: { support: 1, weight: triangleWeight },
  hamming: { support: 1, weight: hammingWeight },
  bicubic: { support: 2, weight: cubicWeight },
  lanczos: { support: 3, weight: lanczosWeight },
};
