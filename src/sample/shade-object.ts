/** Light on the object: lamp with shadow, sky with ambient occlusion, floor proximity, pattern and highlight. */
import { patternAt } from "./textures.ts";
import type { Scene } from "./scene.ts";
import type { Shadow } from "./shadow.ts";

const { max, min, sqrt } = Math;

/** The colour of the object's surface at world point p, seen along the unit vector d, is written to `out`, linear light. */
export type ObjectShader = (px: number, py: number, pz: number, dx: number, dy: number, dz: number, out: Float64Array) => void;

export function objectShaderOf(scene: Scene, lit: Shadow): ObjectShader {
  const { lamp, ambient, gloss, surface, floorHeight } = scene;
  const field = scene.shape.distance;
  const [m00, m01, m02, m10, m11, m12, m20, m21, m22] = scene.toObject;
  const [lx, ly, lz] = scene.light;
  const step = scene.distanceScale;

  return (px, py, pz, dx, dy, dz, out) => {
    const ox = m00 * px + m01 * py + m02 * pz;
    const oy = m10 * px + m11 * py + m12 * pz;
    const oz = m20 * px + m21 * py + m22 * pz;
    // Gradient by four evaluations at the corners of a tetrahedron.
    const h = 0.004;
    const f1 = field(ox + h, oy - h, oz - h);
    const f2 = field(ox - h, oy - h, oz + h);
    const f3 = field(ox - h, oy + h, oz - h);
    const f4 = field(ox + h, oy + h, oz + h);
    const gx = f1 - f2 - f3 + f4;
    const gy = -f1 - f2 + f3 + f4;
    const gz = -f1 + f2 - f3 + f4;
    let nx = m00 * gx + m10 * gy + m20 * gz;
    let ny = m01 * gx + m11 * gy + m21 * gz;
    let nz = m02 * gx + m12 * gy + m22 * gz;
    const norm = 1 / max(1e-12, sqrt(nx * nx + ny * ny + nz * nz));
    nx *= norm;
    ny *= norm;
    nz *= norm;
    const facing = nx * lx + ny * ly + nz * lz;
    const direct = facing > 0 ? facing * lit(px + nx * 0.012, py + ny * 0.012, pz + nz * 0.012, 0.02) : 0;
    // Ambient occlusion: how far the field has grown a short way off the surface, 1 in the open.
    const reach = 0.22;
    const ax = px + nx * reach;
    const ay = py + ny * reach;
    const az = pz + nz * reach;
    const grown = (field(m00 * ax + m01 * ay + m02 * az, m10 * ax + m11 * ay + m12 * az, m20 * ax + m21 * ay + m22 * az) * step) / reach;
    const occlusion = 0.35 + 0.65 * max(0, min(1, grown * 1.15));
    const floorLight = 0.72 + 0.28 * min(1, max(0, (py - floorHeight) / 0.6));
    const sky = (0.72 + 0.28 * ny) * ambient * 1.25;
    const shade = (sky * occlusion + lamp * direct) * floorLight;
    const mix = patternAt(surface.pattern, ox * surface.frequency + 41.25, oy * surface.frequency + 41.25, oz * surface.frequency + 41.25);
    // Highlight: Blinn's half vector to the 32nd power, by squaring.
    let hx = lx - dx;
    let hy = ly - dy;
    let hz = lz - dz;
    const half = 1 / sqrt(hx * hx + hy * hy + hz * hz);
    hx *= half;
    hy *= half;
    hz *= half;
    let spark = max(0, nx * hx + ny * hy + nz * hz);
    spark *= spark;
    spark *= spark;
    spark *= spark;
    spark *= spark;
    spark *= spark;
    const shine = direct > 0 ? gloss * spark * lamp : 0;
    out[0] = (surface.first[0] + (surface.second[0] - surface.first[0]) * mix) * shade + shine;
    out[1] = (surface.first[1] + (surface.second[1] - surface.first[1]) * mix) * shade + shine;
    out[2] = (surface.first[2] + (surface.second[2] - surface.first[2]) * mix) * shade + shine;
  };
}
