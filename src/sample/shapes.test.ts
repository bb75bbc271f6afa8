import { describe, expect, it } from "vitest";
import { seededRandom } from "../tensor/random.ts";
import { SAMPLE_SHAPES } from "./shapes.ts";
import { cosine, sine } from "./trig.ts";

describe.each(SAMPLE_SHAPES)("the $name's distance field", ({ distance, radius, rest }) => {
  const random = seededRandom(7);
  const point = (reach: number): [number, number, number] => [
    (random() * 2 - 1) * reach,
    (random() * 2 - 1) * reach,
    (random() * 2 - 1) * reach,
  ];

  it("never grows faster than the way walked, so that sphere tracing cannot pass through", () => {
    for (let n = 0; n < 4000; n++) {
      const p = point(1.3);
      const q = point(0.1).map((offset, axis) => offset + (p[axis] as number)) as [number, number, number];
      const walked = Math.sqrt((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + (p[2] - q[2]) ** 2);
      expect(Math.abs(distance(...p) - distance(...q))).toBeLessThanOrEqual(walked * 1.01 + 1e-9);
    }
  });

  it("lies within its bounding sphere and stands on its rest height", () => {
    let lowest = Infinity;
    let inside = 0;
    for (let x = -1.2; x <= 1.2; x += 0.04) {
      for (let y = -1.2; y <= 1.2; y += 0.02) {
        for (let z = -1.2; z <= 1.2; z += 0.04) {
          if (distance(x, y, z) >= 0) continue;
          inside++;
          lowest = Math.min(lowest, y);
          expect(x * x + y * y + z * z).toBeLessThanOrEqual(radius * radius);
        }
      }
    }
    expect(inside).toBeGreaterThan(1000);
    // A tip may fall between the grid's points.
    expect(lowest).toBeGreaterThanOrEqual(-rest - 0.001);
    expect(lowest).toBeLessThan(-rest + 0.09);
  });
});

describe("sine and cosine", () => {
  it("agree with the engine's to 1e-8", () => {
    for (let angle = -12; angle <= 12; angle += 0.01) {
      expect(Math.abs(sine(angle) - Math.sin(angle))).toBeLessThan(1e-8);
      expect(Math.abs(cosine(angle) - Math.cos(angle))).toBeLessThan(1e-8);
    }
  });
});
