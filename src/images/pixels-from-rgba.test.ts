import { expect, test } from "vitest";
import { roundTiesToEven } from "../tensor/rounding.ts";
import { pixelsFromCmyk } from "./cmyk.ts";
import { pixelsFromRgba } from "./pixels-from-rgba.ts";

/** [256 alphas, 256 colours]: red runs up, green runs down, blue is constant. */
function allColoursAndAlphas(): Uint8Array {
  const rgba = new Uint8Array(256 * 256 * 4);
  for (let alpha = 0; alpha < 256; alpha++) {
    for (let colour = 0; colour < 256; colour++) rgba.set([colour, 255 - colour, 77, alpha], (alpha * 256 + colour) * 4);
  }
  return rgba;
}

test("every colour at every alpha is composited on white with one rounding", () => {
  const { rgb } = pixelsFromRgba(allColoursAndAlphas(), 256, 256);
  const onWhite = (colour: number, alpha: number): number => 255 - alpha + roundTiesToEven((colour * alpha) / 255);
  const expected = new Uint8Array(rgb.length);
  for (let i = 0; i < 65536; i++) {
    const alpha = i >> 8;
    const colour = i & 255;
    expected.set([onWhite(colour, alpha), onWhite(255 - colour, alpha), onWhite(77, alpha)], i * 3);
  }
  expect(rgb).toEqual(expected);
  expect([...rgb.subarray(0, 3)]).toEqual([255, 255, 255]);
  expect([...rgb.subarray(-3)]).toEqual([255, 0, 77]);
});

test("a canvas that premultiplies and divides again gives the same pixels", () => {
  const plain = allColoursAndAlphas();
  const throughCanvas = plain.slice();
  for (let i = 0; i < plain.length; i += 4) {
    const alpha = plain[i + 3];
    for (let c = 0; c < 3; c++) {
      const kept = roundTiesToEven((plain[i + c] * alpha) / 255);
      throughCanvas[i + c] = alpha === 0 ? 0 : Math.min(255, roundTiesToEven((kept * 255) / alpha));
    }
  }
  expect(pixelsFromRgba(throughCanvas, 256, 256).rgb).toEqual(pixelsFromRgba(plain, 256, 256).rgb);
});

test("bytes that are no such image are a bug of the caller", () => {
  expect(() => pixelsFromRgba(new Uint8Array(12), 2, 2)).toThrow(/^internal:/);
});

test("inks become light: none is white, full black is black, one ink takes its own channel", () => {
  const inks = Uint8Array.of(0, 0, 0, 0, 9, 99, 199, 255, 255, 0, 0, 0, 0, 255, 0, 0, 84, 0, 0, 126);
  // 171 * 129 / 255 = 86.5, cut off
  expect([...pixelsFromCmyk(inks, 5, 1).rgb]).toEqual([255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 0, 255, 86, 129, 129]);
});
