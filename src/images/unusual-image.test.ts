import { describe, expect, test } from "vitest";
import type { Preprocessing } from "./preprocessing.ts";
import { UNUSUAL_CODES, unusualImage } from "./unusual-image.ts";

const shortest: Preprocessing = {
  inputSize: [224, 224],
  resize: "shortest",
  size: 248,
  interpolation: "bicubic",
  rounding: "torchvision",
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
const codeOf = (width: number, height: number, p: Preprocessing) => unusualImage({ width, height }, "a.png", p)?.code ?? null;

describe("images that hardly are what was meant", () => {
  test.each([
    [500, 375, null],
    [32, 32, null],
    [16, 16, null],
    [15, 15, "IMAGE_TINY"],
    [1, 1, "IMAGE_TINY"],
    [4000, 200, null],
    [4001, 200, "IMAGE_ELONGATED"],
    [40_000, 2, "IMAGE_ELONGATED"],
    [100, 2001, "IMAGE_ELONGATED"],
    [10_000, 5000, null],
    [10_000, 5001, "IMAGE_HUGE"],
  ])("%i x %i: %s", (width, height, code) => {
    expect(codeOf(width, height, shortest)).toBe(code);
    if (code) expect(UNUSUAL_CODES.has(code)).toBe(true);
  });

  test("the factor is that of the side which is enlarged most", () => {
    const squash = { ...shortest, resize: "squash", size: 224, inputSize: [224, 448] } as const;
    expect(codeOf(28, 14, squash)).toBeNull();
    expect(codeOf(28, 13, squash)).toBe("IMAGE_TINY");
    expect(codeOf(27, 28, squash)).toBe("IMAGE_TINY"); // 448 / 27 = 16.6
    expect(codeOf(2, 2, { ...shortest, resize: "none" })).toBeNull();
  });

  test("says how much, and what to do", () => {
    const tiny = unusualImage({ width: 1, height: 1 }, "dot.png", { ...shortest, size: 224 });
    expect(tiny).toMatchObject({ what: "dot.png has 1 x 1 pixels." });
    expect(tiny?.why).toContain("upscaled 224 times");
    expect(tiny?.next).toContain("--unusual use");
    expect(unusualImage({ width: 100, height: 1 }, "line.png", shortest)?.why).toContain("100 times the other");
  });
});
