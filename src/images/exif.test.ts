import { readFileSync } from "node:fs";
import { crc32 as zlibCrc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../tensor/random.ts";
import { crc32 } from "./crc32.ts";
import { readOrientation, stripOrientation } from "./exif.ts";
import { pngChunks } from "./image-chunks.ts";

const file = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(`goldens/decode/${name}`, import.meta.url)));
const oriented: [string, number][] = [
  ["orientation-6-le.jpg", 6],
  ["orientation-8-be.jpg", 8],
  ["orientation-6.png", 6],
  ["orientation-5.webp", 5],
];

describe("orientation", () => {
  test.each(oriented)("of %s is read as %i and set to 1 in place", (name, orientation) => {
    const bytes = file(name);
    const before = bytes.slice();
    expect(readOrientation(bytes)).toBe(orientation);
    const upright = stripOrientation(bytes);
    expect(readOrientation(upright)).toBe(1);
    expect(bytes).toEqual(before);
    expect(upright.length).toBe(bytes.length);
    // The value, and in a PNG the four bytes of the checksum.
    const changed = upright.reduce((count, byte, i) => count + (byte === bytes[i] ? 0 : 1), 0);
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThanOrEqual(name.endsWith(".png") ? 5 : 1);
  });

  test.each(["rgb-444.jpg", "grey.png", "lossless.webp", "palette.gif", "rgb.bmp"])("%s without EXIF is returned as it is", (name) => {
    const bytes = file(name);
    expect(readOrientation(bytes)).toBe(1);
    expect(stripOrientation(bytes)).toBe(bytes);
  });

  test("a PNG keeps valid checksums", () => {
    const upright = stripOrientation(file("orientation-6.png"));
    const view = new DataView(upright.buffer);
    const tags: string[] = [];
    for (const { tag, start, end } of pngChunks(upright)) {
      tags.push(tag);
      expect(view.getUint32(end), tag).toBe(zlibCrc32(upright.subarray(start - 4, end)));
    }
    expect(tags).toContain("eXIf");
  });

  test("a view into a larger buffer changes nothing around it", () => {
    const bytes = file("orientation-6.png");
    const larger = new Uint8Array(bytes.length + 20).fill(7);
    larger.set(bytes, 10);
    const upright = stripOrientation(larger.subarray(10, 10 + bytes.length));
    expect(upright).toEqual(stripOrientation(bytes));
    expect([...larger.subarray(0, 10), ...larger.subarray(-10)]).toEqual(Array.from({ length: 20 }, () => 7));
  });

  test("an impossible value counts as upright and is removed", () => {
    const bytes = file("orientation-6-le.jpg");
    bytes[bytes.findIndex((byte, i) => byte === 0x12 && bytes[i + 1] === 0x01) + 8] = 77;
    expect(readOrientation(bytes)).toBe(1);
    expect(stripOrientation(bytes)).not.toBe(bytes);
  });
});

test("hostile bytes end the walk, whatever is damaged and wherever it is cut", () => {
  const random = seededRandom(5);
  let seen = 0;
  for (const [name] of oriented) {
    const whole = file(name);
    for (let round = 0; round < 400; round++) {
      const damaged = whole.slice(0, Math.trunc(random() * whole.length));
      for (let i = 0; i < 6 && damaged.length > 20; i++)
        damaged[12 + Math.trunc(random() * Math.min(damaged.length - 12, 120))] = random() * 256;
      const upright = stripOrientation(damaged);
      expect(upright.length).toBe(damaged.length);
      expect(readOrientation(upright)).toBe(1);
      seen++;
    }
  }
  expect(seen).toBe(1600);
});

test("crc32 gives the check value of its definition", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array())).toBe(0);
});
