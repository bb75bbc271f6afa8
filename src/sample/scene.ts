/** Everything random about an image, drawn from its seed before a pixel is traced: pose, camera, light, colours, patterns, pebbles. */
import { seededRandom } from "../tensor/random.ts";
import { fromHue, mixColour, type Rgb } from "./colour.ts";
import { labelOfSeed } from "./seeds.ts";
import { SAMPLE_SHAPES, type SampleShape } from "./shapes.ts";
import { PATTERNS, type Pattern } from "./textures.ts";
import { cosine, PI, sine } from "./trig.ts";

export type Vector = readonly [number, number, number];
/** Row-major 3 x 3. */
export type Matrix = readonly [number, number, number, number, number, number, number, number, number];

export interface Surface {
  readonly pattern: Pattern;
  readonly frequency: number;
  readonly first: Rgb;
  readonly second: Rgb;
}

/** A squashed sphere on the floor: something in the picture that is not the answer. */
export interface Pebble {
  readonly centre: Vector;
  readonly radius: number;
  readonly colour: Rgb;
}

export interface Scene {
  readonly label: number;
  readonly shape: SampleShape;
  /** World to object coordinates: a rotation, then the division by the vertical stretch. */
  readonly toObject: Matrix;
  /** World distance is at least object distance times this. */
  readonly distanceScale: number;
  readonly boundingRadius: number;
  readonly floorHeight: number;
  readonly eye: Vector;
  readonly right: Vector;
  readonly up: Vector;
  readonly forward: Vector;
  /** Distance of the image plane, whose half height is 1. */
  readonly focal: number;
  /** Where the object's centre lies in the image, in half heights. */
  readonly shift: readonly [number, number];
  /** Unit vector towards the lamp. */
  readonly light: Vector;
  readonly lamp: number;
  readonly ambient: number;
  readonly gloss: number;
  readonly surface: Surface;
  readonly floor: Surface;
  readonly backdrop: Surface;
  readonly pebbles: readonly Pebble[];
}

function multiply(a: Matrix, b: Matrix): Matrix {
  const at = (row: number, column: number): number =>
    (a[row * 3] as number) * (b[column] as number) +
    (a[row * 3 + 1] as number) * (b[3 + column] as number) +
    (a[row * 3 + 2] as number) * (b[6 + column] as number);
  return [at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 1), at(1, 2), at(2, 0), at(2, 1), at(2, 2)];
}

/** Turn about y, then lean by `lean` towards the direction `leanTo`. */
function rotation(yaw: number, lean: number, leanTo: number): Matrix {
  const turn = (angle: number): Matrix => [cosine(angle), 0, sine(angle), 0, 1, 0, -sine(angle), 0, cosine(angle)];
  const tip: Matrix = [1, 0, 0, 0, cosine(lean), -sine(lean), 0, sine(lean), cosine(lean)];
  return multiply(multiply(turn(leanTo), multiply(tip, turn(-leanTo))), turn(yaw));
}

export function sceneOfSeed(seed: number): Scene {
  const random = seededRandom(Math.imul(seed + 1, 0x9e3779b1));
  const between = (low: number, high: number): number => low + (high - low) * random();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

  const label = labelOfSeed(seed);
  const shape = SAMPLE_SHAPES[label] as SampleShape;

  // Pose: most objects stand on the floor, some float and lean.
  const floats = random() < 0.3;
  const stretch = 1 + shape.stretch * between(-1, 1);
  const rotate = rotation(between(-1, 1) * shape.maxYaw, floats ? between(0.05, 0.3) : 0, between(-PI, PI));
  const boundingRadius = shape.radius * Math.max(1, stretch);
  const [a, b, c, d, e, f, g, h, i] = rotate;
  // Object to world is rotate * stretch, so world to object is the transpose with its second row divided.
  const toObject: Matrix = [a, d, g, b / stretch, e / stretch, h / stretch, c, f, i];
  const floorHeight = floats ? -boundingRadius - between(0.02, 0.25) : -shape.rest * stretch;

  // Camera: looks at the object from the front, a little to much above it.
  const elevation = between(0.2, 0.72);
  const azimuth = between(-0.35, 0.35);
  const forward: Vector = [-sine(azimuth) * cosine(elevation), -sine(elevation), -cosine(azimuth) * cosine(elevation)];
  const right: Vector = [cosine(azimuth), 0, -sine(azimuth)];
  const up: Vector = [-sine(azimuth) * sine(elevation), cosine(elevation), -cosine(azimuth) * sine(elevation)];
  const focal = between(1.9, 3);
  const size = between(0.58, 0.88); // projected bounding radius, in half heights
  const away = (focal * boundingRadius) / size;
  const slack = 0.95 - size;
  const shift: [number, number] = [between(-1, 1) * slack, between(-1, 1) * slack * 0.8];

  const lightTurn = between(-1.5, 1.5) + azimuth;
  const lightHeight = between(0.55, 1.15);
  const light: Vector = [sine(lightTurn) * cosine(lightHeight), sine(lightHeight), cosine(lightTurn) * cosine(lightHeight)];

  // Colours: the object's are strong, the surroundings' softer and of another hue.
  const hue = random();
  const first = fromHue(hue, between(0.35, 0.92), between(0.5, 0.95));
  const second =
    random() < 0.5
      ? mixColour(first, [1, 1, 1], between(0.45, 0.85))
      : fromHue(hue + between(0.25, 0.75), between(0.3, 0.9), between(0.15, 0.9));
  const surface: Surface = { pattern: pick(PATTERNS), frequency: between(2.2, 4.2), first, second };
  const floorHue = hue + between(0.22, 0.78);
  const floorFirst = fromHue(floorHue, between(0.04, 0.42), between(0.3, 0.85));
  const floorSecond = mixColour(floorFirst, random() < 0.5 ? [1, 1, 1] : [0.05, 0.05, 0.08], between(0.15, 0.45));
  const floor: Surface = { pattern: pick(PATTERNS), frequency: between(0.8, 2.2), first: floorFirst, second: floorSecond };
  const backFirst = fromHue(floorHue + between(-0.15, 0.15), between(0.05, 0.5), between(0.25, 0.95));
  const backSecond = mixColour(backFirst, random() < 0.5 ? [1, 1, 1] : [0.06, 0.07, 0.12], between(0.2, 0.6));
  const backdrop: Surface = { pattern: pick(PATTERNS), frequency: between(0.8, 3), first: backFirst, second: backSecond };

  const pebbles: Pebble[] = [];
  const count = Math.floor(random() * 4);
  for (let n = 0; n < count; n++) {
    const around = between(-PI, PI);
    const radius = between(0.1, 0.24);
    const distance = boundingRadius + radius + between(0.05, 1.1);
    const centre: Vector = [sine(around) * distance, floorHeight, cosine(around) * distance];
    pebbles.push({ centre, radius, colour: fromHue(random(), between(0.1, 0.8), between(0.25, 0.9)) });
  }

  return {
    label,
    shape,
    toObject,
    distanceScale: Math.min(1, stretch),
    boundingRadius,
    floorHeight,
    eye: [-forward[0] * away, -forward[1] * away, -forward[2] * away],
    right,
    up,
    forward,
    focal,
    shift,
    light,
    lamp: between(0.75, 1.15),
    ambient: between(0.22, 0.42),
    gloss: between(0, 0.6),
    surface,
    floor,
    backdrop,
    pebbles,
  };
}
