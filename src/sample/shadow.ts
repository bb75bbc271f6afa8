/** Shadows: a ray from a world point to the lamp, sphere traced through the object (soft edges after Quilez: the narrowest cone that stays free). */
import type { Scene } from "./scene.ts";

const { max, min, sqrt } = Math;

/** Lamp light that reaches world point (px, py, pz), 0 to 1; the ray starts `nearest` away from the point. */
export type Shadow = (px: number, py: number, pz: number, nearest: number) => number;

export function shadowOf(scene: Scene): Shadow {
  const field = scene.shape.distance;
  const [m00, m01, m02, m10, m11, m12, m20, m21, m22] = scene.toObject;
  const [lx, ly, lz] = scene.light;
  const bound2 = scene.boundingRadius * scene.boundingRadius;
  const step = scene.distanceScale;
  // The light in object coordinates.
  const olx = m00 * lx + m01 * ly + m02 * lz;
  const oly = m10 * lx + m11 * ly + m12 * lz;
  const olz = m20 * lx + m21 * ly + m22 * lz;

  return (px, py, pz, nearest) => {
    const b = px * lx + py * ly + pz * lz;
    const c = px * px + py * py + pz * pz - bound2;
    const root = b * b - c;
    if (root <= 0) return 1;
    const q = sqrt(root);
    const far = q - b;
    if (far <= nearest) return 1;
    const ox = m00 * px + m01 * py + m02 * pz;
    const oy = m10 * px + m11 * py + m12 * pz;
    const oz = m20 * px + m21 * py + m22 * pz;
    let t = max(nearest, -q - b);
    let open = 1;
    for (let n = 0; n < 20 && t < far; n++) {
      const d = field(ox + olx * t, oy + oly * t, oz + olz * t) * step;
      if (d < 0.004) return 0;
      open = min(open, (7 * d) / t);
      t += max(d, 0.025);
    }
    return open;
  };
}
