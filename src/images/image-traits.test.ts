import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { seededRandom } from "../tensor/random.ts";
import { imageTraits } from "./image-traits.ts";
import { readFacts } from "./read-facts.ts";

const file = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(`goldens/decode/${name}`, import.meta.url)));
const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

test.each([
  ["rgb.png", []],
  ["grey.png", []],
  ["palette.png", []],
  ["rgb-16-bit.png", ["deep"]],
  ["grey-16-bit.png", ["deep"]],
  ["alpha.png", ["alpha"]],
  ["grey-alpha.png", ["alpha"]],
  ["palette-alpha.png", ["alpha"]],
  ["colour-key.png", ["alpha"]],
  ["orientation-6.png", ["rotated"]],
  ["lossless.webp", []],
  ["lossy.webp", []],
  ["alpha.webp", ["alpha"]],
  ["orientation-5.webp", ["rotated"]],
  ["palette.gif", []],
  ["transparent.gif", ["alpha"]],
  ["rgb-420.jpg", []],
  ["cmyk.jpg", []],
  ["orientation-6-le.jpg", ["rotated"]],
  ["rgb.bmp", []],
])("%s: %j", (name, traits) => {
  expect(readFacts(file(name), name).traits).toEqual(traits);
});

test("a GIF of two frames, each with its own colours", () => {
  const still = file("palette.gif");
  // The image descriptor and its data, between the last extension and the trailer, once more.
  const start = still.indexOf(0x2c, 13 + 3 * 2 ** ((still[10] & 7) + 1));
  const frame = still.slice(start, -1);
  const animated = new Uint8Array([...still.slice(0, -1), ...frame, 0x3b]);
  expect(imageTraits(still, "gif")).toEqual([]);
  expect(imageTraits(animated, "gif")).toEqual(["animated"]);
  expect(imageTraits(animated.subarray(0, start + 20), "gif")).toEqual([]);
});

test("animated PNG and WebP say so before their data", () => {
  const still = file("rgb.png");
  const control = latin1("\0\0\0\x08acTL\0\0\0\x02\0\0\0\0\0\0\0\0");
  expect(imageTraits(new Uint8Array([...still.slice(0, 33), ...control, ...still.slice(33)]), "png")).toEqual(["animated"]);
  expect(imageTraits(latin1("RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\x12\0\0\0\x2b\x01\0\xc7\0\0"), "webp")).toEqual(["animated", "alpha"]);
});

test("damaged files give traits or none, and end", () => {
  const random = seededRandom(3);
  for (const [name, kind] of [
    ["transparent.gif", "gif"],
    ["alpha.webp", "webp"],
    ["palette-alpha.png", "png"],
  ] as const) {
    for (let round = 0; round < 500; round++) {
      const bytes = file(name).slice(0, 30 + Math.floor(random() * 400));
      for (let i = 0; i < 6; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      for (const trait of imageTraits(bytes, kind)) expect(["animated", "deep", "alpha", "rotated"]).toContain(trait);
    }
  }
});
