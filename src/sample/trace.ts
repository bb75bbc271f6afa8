/** One ray through a scene: sphere tracing (Hart 1996) of the object, closed forms for the floor and the pebbles. */
import { patternAt } from "./textures.ts";
import type { Scene } from "./scene.ts";
import { objectShaderOf } from "./shade-object.ts";
import { shadowOf } from "./shadow.ts";

const { max, min, sqrt } = Math;
const MISS = 1e9;
/** Pebbles are this much lower than wide. */
const SQUASH = 0.7;

/** The colour of a ray is written to `out`, linear light. u, v: position in the image, -1 to 1, v up. */
export type Tracer = (u: number, v: number, out: Float64Array) => void;

export function tracerOf(scene: Scene): Tracer {
  const { shape, eye, right, up, forward, focal, shift, light, lamp, ambient, floor, backdrop, pebbles, floorHeight } = scene;
  const field = shape.distance;
  const [m00, m01, m02, m10, m11, m12, m20, m21, m22] = scene.toObject;
  const bound2 = scene.boundingRadius * scene.boundingRadius;
  const step = scene.distanceScale;
  const [ex, ey, ez] = eye;
  const [lx, ly, lz] = light;
  const lit = shadowOf(scene);
  const shadeObject = objectShaderOf(scene, lit);

  return (u, v, out) => {
    const du = u - shift[0];
    const dv = v - shift[1];
    let dx = right[0] * du + up[0] * dv + forward[0] * focal;
    let dy = right[1] * du + up[1] * dv + forward[1] * focal;
    let dz = right[2] * du + up[2] * dv + forward[2] * focal;
    const inverse = 1 / sqrt(dx * dx + dy * dy + dz * dz);
    dx *= inverse;
    dy *= inverse;
    dz *= inverse;

    let hit = MISS;
    let kind = 0; // 0 backdrop, 1 floor, 2 object, 3 + n pebble n
    if (dy < -0.001) {
      hit = (floorHeight - ey) / dy;
      kind = 1;
    }

    // Object: only inside its bounding sphere, which is centred at the world's origin.
    const b = ex * dx + ey * dy + ez * dz;
    const root = b * b - (ex * ex + ey * ey + ez * ez - bound2);
    if (root > 0) {
      const q = sqrt(root);
      const end = min(q - b, hit);
      let t = -q - b;
      const ox = m00 * ex + m01 * ey + m02 * ez;
      const oy = m10 * ex + m11 * ey + m12 * ez;
      const oz = m20 * ex + m21 * ey + m22 * ez;
      const odx = m00 * dx + m01 * dy + m02 * dz;
      const ody = m10 * dx + m11 * dy + m12 * dz;
      const odz = m20 * dx + m21 * dy + m22 * dz;
      for (let n = 0; n < 56 && t < end; n++) {
        const d = field(ox + odx * t, oy + ody * t, oz + odz * t) * step;
        if (d < 0.003) {
          hit = t;
          kind = 2;
          break;
        }
        t += d;
      }
    }

    for (let n = 0; n < pebbles.length; n++) {
      const pebble = pebbles[n];
      if (pebble === undefined) break;
      const [cx, cy, cz] = pebble.centre;
      const rx = ex - cx;
      const ry = (ey - cy) / SQUASH;
      const rz = ez - cz;
      const sy = dy / SQUASH;
      const aa = dx * dx + sy * sy + dz * dz;
      const bb = rx * dx + ry * sy + rz * dz;
      const inside = bb * bb - aa * (rx * rx + ry * ry + rz * rz - pebble.radius * pebble.radius);
      if (inside <= 0) continue;
      const t = (-bb - sqrt(inside)) / aa;
      if (t > 0 && t < hit) {
        hit = t;
        kind = 3 + n;
      }
    }

    // The backdrop: a gradient with a faint pattern, in image coordinates.
    const rise = 0.5 + 0.5 * v;
    const faint = patternAt(backdrop.pattern, u * backdrop.frequency + 11, v * backdrop.frequency + 17, 0.3) * 0.3;
    const blend = min(1, rise * 0.7 + faint);
    let red = backdrop.first[0] + (backdrop.second[0] - backdrop.first[0]) * blend;
    let green = backdrop.first[1] + (backdrop.second[1] - backdrop.first[1]) * blend;
    let blue = backdrop.first[2] + (backdrop.second[2] - backdrop.first[2]) * blend;

    if (kind === 1) {
      const px = ex + dx * hit;
      const pz = ez + dz * hit;
      const mix = patternAt(floor.pattern, px * floor.frequency + 31, pz * floor.frequency + 31, pz * floor.frequency + 31.5);
      let shade = ambient + lamp * ly * lit(px, floorHeight + 0.001, pz, 0);
      // Contact: the floor is darker where the object or a pebble hides the sky.
      const from = px * px + pz * pz;
      shade *= 1 - 0.28 / (1 + (2.5 * from) / bound2);
      for (const pebble of pebbles) {
        const qx = px - pebble.centre[0];
        const qz = pz - pebble.centre[2];
        const near = (qx * qx + qz * qz) / (pebble.radius * pebble.radius);
        if (near < 6) shade *= 0.6 + (0.4 * near) / 6;
      }
      const fog = max(0, min(1, (from - 6) / 60));
      red += ((floor.first[0] + (floor.second[0] - floor.first[0]) * mix) * shade - red) * (1 - fog);
      green += ((floor.first[1] + (floor.second[1] - floor.first[1]) * mix) * shade - green) * (1 - fog);
      blue += ((floor.first[2] + (floor.second[2] - floor.first[2]) * mix) * shade - blue) * (1 - fog);
    } else if (kind === 2) {
      const px = ex + dx * hit;
      const py = ey + dy * hit;
      const pz = ez + dz * hit;
      shadeObject(px, py, pz, dx, dy, dz, out);
      return;
    } else if (kind >= 3) {
      const pebble = pebbles[kind - 3];
      if (pebble !== undefined) {
        const px = ex + dx * hit;
        const py = ey + dy * hit;
        const pz = ez + dz * hit;
        const nx = (px - pebble.centre[0]) / pebble.radius;
        const ny = (py - pebble.centre[1]) / (pebble.radius * SQUASH * SQUASH);
        const nz = (pz - pebble.centre[2]) / pebble.radius;
        const norm = 1 / sqrt(nx * nx + ny * ny + nz * nz);
        const facing = max(0, (nx * lx + ny * ly + nz * lz) * norm);
        const shade = ambient * (0.7 + 0.3 * ny * norm) + lamp * facing * lit(px, py, pz, 0.05);
        red = pebble.colour[0] * shade;
        green = pebble.colour[1] * shade;
        blue = pebble.colour[2] * shade;
      }
    }
    out[0] = red;
    out[1] = green;
    out[2] = blue;
  };
}
