import { expect, test } from "vitest";
import { seededRandom } from "../tensor/random.ts";
import { pictureKind } from "./picture-kind.ts";
import type { Pixels } from "./pixels.ts";
import { patternPixels } from "./testing-pattern.ts";

const of = (value: (x: number, y: number) => number): Pixels => ({
  width: 32,
  height: 24,
  rgb: Uint8Array.from({ length: 32 * 24 * 3 }, (_, i) => value(Math.floor(i / 3) % 32, Math.floor(i / 96))),
});

test("one colour, with the noise of JPEG on it", () => {
  const random = seededRandom(1);
  expect(pictureKind(of(() => 200))).toBe("flat");
  expect(pictureKind(of(() => 200 + Math.floor(random() * 4)))).toBe("flat");
});

test("noise", () => {
  const random = seededRandom(2);
  expect(pictureKind(of(() => Math.floor(random() * 256)))).toBe("noise");
});

test("gradients, shapes and stripes are pictures", () => {
  expect(pictureKind(of((x) => 4 * x))).toBe("picture");
  expect(pictureKind(of((x, y) => (x > 10 && y > 10 ? 255 : 0)))).toBe("picture");
  expect(pictureKind(of((x) => (x % 4 < 2 ? 0 : 255)))).not.toBe("flat");
  expect(pictureKind({ width: 1, height: 2, rgb: Uint8Array.of(0, 0, 0, 255, 255, 255) })).toBe("picture");
});

test("the pattern that decoders are tried on is noise to it, a photograph-like one is not", () => {
  expect(pictureKind(patternPixels(32, 24))).not.toBe("flat");
  expect(pictureKind(of((x, y) => 128 + 100 * Math.sin(x / 5) * Math.cos(y / 4)))).toBe("picture");
});
