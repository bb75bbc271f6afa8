import { describe, expect, it } from "vitest";
import type { PictureKind } from "../../images/picture-kind.ts";
import { narrowCalibration, traitNotes, traitSentences } from "./image-notes.ts";

describe("what the model does not see", () => {
  it("is counted by kind", () => {
    expect(traitNotes([["alpha"], [], ["alpha", "rotated"], ["deep"]])).toEqual([
      { code: "IMAGE_16_BIT", text: "1 of 4 images has 16 bits a sample: the upper 8 are used." },
      { code: "IMAGE_ALPHA", text: "2 of 4 images can be transparent: they are laid on white." },
      { code: "IMAGE_ORIENTATION", text: "1 of 4 images states a rotation (EXIF) that is not made, as in training programs." },
    ]);
    expect(traitNotes([[], []])).toEqual([]);
  });

  it("is told of one image", () => {
    expect(traitSentences(["animated"])).toEqual(["It is an animation: its first frame is used."]);
  });
});

describe("a narrow calibration set", () => {
  const images = (labels: readonly (number | null)[], picture: PictureKind = "picture") => labels.map((label) => ({ label, picture }));
  const codes = (...args: Parameters<typeof narrowCalibration>) => narrowCalibration(...args).map(({ code }) => code);
  const cycle = (count: number, classes: number) => Array.from({ length: count }, (_, i) => i % classes);

  it("shows one class, or few of those that it could show", () => {
    expect(narrowCalibration(images(cycle(32, 1)), 1000)[0].text).toContain("32 images show 1 of 1000 classes");
    expect(codes(images(cycle(32, 7)), 1000)).toEqual(["CALIBRATION_NARROW"]);
    expect(codes(images(cycle(32, 8)), 1000)).toEqual([]);
    expect(codes(images(cycle(64, 3)), 10)).toEqual([]);
    expect(codes(images(cycle(64, 2)), 10)).toEqual(["CALIBRATION_NARROW"]);
    expect(codes(images(cycle(64, 1)), 2)).toEqual(["CALIBRATION_NARROW"]);
    expect(codes(images(cycle(64, 1)), 1)).toEqual([]);
  });

  it("is not known without labels, or of three images", () => {
    expect(codes(images([0, 0, 0, null]), 10)).toEqual([]);
    expect(codes(images([0, 0, 0]), 10)).toEqual([]);
  });

  it("holds pictures that show nothing", () => {
    const some = [...images(cycle(6, 6)), ...images([0], "flat"), ...images([1], "noise")];
    const [note] = narrowCalibration(some, 6);
    expect(note).toMatchObject({ code: "CALIBRATION_EMPTY_PICTURES" });
    expect(note.text).toContain("Of 8 calibration images, 1 of one colour and 1 of noise show nothing");
    expect(codes([...images(cycle(7, 6)), ...images([0], "flat")], 6)).toEqual([]);
  });
});
