/**
 * The sixteen objects as signed distance fields (negative inside), y up, each within `radius` of its centre.
 * The fields follow from plane geometry; some are lower bounds of the distance, which sphere tracing allows.
 */
export interface SampleShape {
  readonly name: string;
  /** Radius of a sphere around the origin that holds the whole object. */
  readonly radius: number;
  /** How far the upright object reaches below its origin: where the floor is. */
  readonly rest: number;
  /** Largest turn about the vertical axis either way, radians: an object seen edge-on could not be told by anyone. */
  readonly maxYaw: number;
  /** Largest vertical stretch or squeeze: 0.1 means 0.9 to 1.1. Zero where proportions make the class. */
  readonly stretch: number;
  readonly distance: (x: number, y: number, z: number) => number;
}

const { abs, max, min, sqrt } = Math;
const ANY_YAW = 3.141592653589793;

/** Distance to a box of half sizes (a, b, c) with rounded edges of radius r (r is inside the half sizes). */
function box(x: number, y: number, z: number, a: number, b: number, c: number, r: number): number {
  const qx = abs(x) - a + r;
  const qy = abs(y) - b + r;
  const qz = abs(z) - c + r;
  const ox = max(qx, 0);
  const oy = max(qy, 0);
  const oz = max(qz, 0);
  return sqrt(ox * ox + oy * oy + oz * oz) + min(max(qx, qy, qz), 0) - r;
}

/** Distance to a profile extruded: `side` is the distance within the plane, `along` the coordinate across it. */
function extrude(side: number, along: number, halfHeight: number, r: number): number {
  const qx = side + r;
  const qy = abs(along) - halfHeight + r;
  const ox = max(qx, 0);
  const oy = max(qy, 0);
  return sqrt(ox * ox + oy * oy) + min(max(qx, qy), 0) - r;
}

function ring(radial: number, along: number, major: number, minor: number): number {
  const q = radial - major;
  return sqrt(q * q + along * along) - minor;
}

function length2(x: number, y: number): number {
  return sqrt(x * x + y * y);
}

function length3(x: number, y: number, z: number): number {
  return sqrt(x * x + y * y + z * z);
}

function cylinder(x: number, y: number, z: number): number {
  return extrude(length2(x, z) - 0.55, y, 0.72, 0.04);
}

function cone(x: number, y: number, z: number): number {
  // Apex (0, 0.9), base radius 0.72 at y = -0.7: the unit normal of the flank is (1.6, 0.72) / 1.7545.
  return max(length2(x, z) * 0.91192 + (y - 0.9) * 0.41036, -0.7 - y);
}

function pyramid(x: number, y: number, z: number): number {
  return max(max(abs(x), abs(z)) * 0.89443 + (y - 0.75) * 0.44721, -0.62 - y);
}

function capsule(x: number, y: number, z: number): number {
  const t = max(-0.52, min(0.52, y));
  return length3(x, y - t, z) - 0.42;
}

function mug(x: number, y: number, z: number): number {
  const radial = length2(x, z);
  const body = extrude(radial - 0.55, y, 0.62, 0.03);
  const hollow = extrude(radial - 0.46, y - 0.14, 0.66, 0.03);
  const handle = max(ring(length2(x - 0.56, y), z, 0.34, 0.085), 0.5 - radial);
  return min(max(body, -hollow), handle);
}

function mushroom(x: number, y: number, z: number): number {
  const radial = length2(x, z);
  const stem = extrude(radial - 0.24 + 0.1 * min(y, 0), y + 0.4, 0.5, 0.05) * 0.97;
  // A dome: the upper part of a sphere squashed by 0.8, cut by the plane y = 0.02.
  const dome = max((length3(x, y / 0.8, z) - 0.82) * 0.8, 0.02 - y);
  return min(stem, dome);
}

function star(x: number, y: number, z: number): number {
  // Mirror five times two sectors onto one: across the lines at 108 and 36 degrees from +y, then across y itself.
  let px = abs(x);
  let py = y;
  const far = px * -0.30902 - py * 0.95106; // positive beyond 108 degrees; normal (cos 108, -sin 108)
  if (far > 0) {
    px += 2 * far * 0.30902;
    py += 2 * far * 0.95106;
  }
  const near = px * 0.80902 - py * 0.58779; // positive beyond 36 degrees
  if (near > 0) {
    px -= 2 * near * 0.80902;
    py += 2 * near * 0.58779;
  }
  px = abs(px);
  // Edge from the tip (0, 0.95) to the valley 0.43 (sin 36, cos 36) = (0.25275, 0.34788): normal (0.60212, 0.25275) / 0.65302.
  return extrude(px * 0.92205 + (py - 0.95) * 0.38705, z, 0.2, 0.02);
}

function gear(x: number, y: number, z: number): number {
  // Eight teeth: fold onto the 45 degrees around +x.
  let px = abs(x);
  let py = abs(y);
  if (py > px) {
    const t = px;
    px = py;
    py = t;
  }
  const beyond = py * 0.92388 - px * 0.38268; // positive beyond 22.5 degrees
  if (beyond > 0) {
    px += 2 * beyond * 0.38268;
    py -= 2 * beyond * 0.92388;
  }
  const radial = length2(x, y);
  const tooth = max(px - 0.92, abs(py) - 0.135);
  const profile = max(min(radial - 0.68, tooth), 0.27 - radial);
  return extrude(profile, z, 0.2, 0.02);
}

function table(x: number, y: number, z: number): number {
  const top = box(x, y - 0.42, z, 0.82, 0.09, 0.6, 0.03);
  const leg = box(abs(x) - 0.68, y + 0.12, abs(z) - 0.46, 0.085, 0.5, 0.085, 0.02);
  return min(top, leg);
}

function bowl(x: number, y: number, z: number): number {
  const py = y - 0.38;
  const shell = max(abs(length3(x, py, z) - 0.8) - 0.06, py);
  const foot = extrude(length2(x, z) - 0.36, y + 0.46, 0.08, 0.02);
  return min(shell, foot);
}

function arch(x: number, y: number, z: number): number {
  const block = box(x, y, z, 0.82, 0.7, 0.32, 0.03);
  const opening = y > -0.1 ? length2(x, y + 0.1) - 0.46 : abs(x) - 0.46;
  return max(block, -opening);
}

function dumbbell(x: number, y: number, z: number): number {
  const ball = length3(abs(x) - 0.62, y, z) - 0.37;
  const bar = extrude(length2(y, z) - 0.13, x, 0.6, 0.01);
  return min(ball, bar);
}

/** In the order of the labels. */
export const SAMPLE_SHAPES: readonly SampleShape[] = [
  { name: "ball", radius: 0.78, rest: 0.78, maxYaw: ANY_YAW, stretch: 0, distance: (x, y, z) => length3(x, y, z) - 0.78 },
  { name: "cube", radius: 1.02, rest: 0.6, maxYaw: ANY_YAW, stretch: 0, distance: (x, y, z) => box(x, y, z, 0.6, 0.6, 0.6, 0.03) },
  { name: "cylinder", radius: 0.92, rest: 0.72, maxYaw: ANY_YAW, stretch: 0.1, distance: cylinder },
  { name: "cone", radius: 1.02, rest: 0.7, maxYaw: ANY_YAW, stretch: 0.12, distance: cone },
  { name: "pyramid", radius: 1.18, rest: 0.62, maxYaw: ANY_YAW, stretch: 0.12, distance: pyramid },
  {
    name: "octahedron",
    radius: 0.96,
    rest: 0.95,
    maxYaw: ANY_YAW,
    stretch: 0.1,
    distance: (x, y, z) => (abs(x) + abs(y) + abs(z) - 0.95) * 0.57735,
  },
  { name: "capsule", radius: 0.95, rest: 0.94, maxYaw: ANY_YAW, stretch: 0.08, distance: capsule },
  { name: "ring", radius: 0.93, rest: 0.92, maxYaw: 0.95, stretch: 0.1, distance: (x, y, z) => ring(length2(x, y), z, 0.66, 0.26) },
  { name: "mug", radius: 1.03, rest: 0.62, maxYaw: 1, stretch: 0.1, distance: mug },
  { name: "bowl", radius: 0.95, rest: 0.54, maxYaw: ANY_YAW, stretch: 0.1, distance: bowl },
  { name: "mushroom", radius: 0.98, rest: 0.9, maxYaw: ANY_YAW, stretch: 0.12, distance: mushroom },
  { name: "table", radius: 1.1, rest: 0.62, maxYaw: ANY_YAW, stretch: 0.12, distance: table },
  { name: "arch", radius: 1.13, rest: 0.7, maxYaw: 0.8, stretch: 0.1, distance: arch },
  { name: "star", radius: 0.98, rest: 0.78, maxYaw: 0.85, stretch: 0.08, distance: star },
  { name: "gear", radius: 0.98, rest: 0.93, maxYaw: 0.85, stretch: 0.06, distance: gear },
  { name: "dumbbell", radius: 1, rest: 0.37, maxYaw: 0.85, stretch: 0, distance: dumbbell },
];
