/** What is said of images that are used: what of them the model does not see, and whether those that calibrate can stand for others. */
import type { ImageTrait } from "../../images/image-traits.ts";
import type { PictureKind } from "../../images/picture-kind.ts";
import type { NoteCode } from "../../tensor/note-table.ts";

export interface ImageNote {
  readonly code: NoteCode;
  readonly text: string;
}

const TRAITS: Readonly<Record<ImageTrait, { readonly code: NoteCode; readonly one: string; readonly many: string }>> = {
  animated: {
    code: "IMAGE_FIRST_FRAME",
    one: "is an animation: its first frame is used",
    many: "are animations: their first frames are used",
  },
  deep: {
    code: "IMAGE_16_BIT",
    one: "has 16 bits a sample: the upper 8 are used",
    many: "have 16 bits a sample: the upper 8 are used, where Pillow cuts grey ones off at 255",
  },
  alpha: { code: "IMAGE_ALPHA", one: "can be transparent: it is laid on white", many: "can be transparent: they are laid on white" },
  rotated: {
    code: "IMAGE_ORIENTATION",
    one: "states a rotation (EXIF) that is not made, as in training programs",
    many: "state a rotation (EXIF) that is not made, as in training programs",
  },
};

/** "2 of 64 images are animations ...", by trait. */
export function traitNotes(images: readonly (readonly ImageTrait[])[]): ImageNote[] {
  return (Object.keys(TRAITS) as ImageTrait[]).flatMap((trait) => {
    const count = images.filter((traits) => traits.includes(trait)).length;
    const { code, one, many } = TRAITS[trait];
    if (count === 0) return [];
    return [{ code, text: `${count} of ${images.length} images ${count === 1 ? one : many}.` }];
  });
}

/** Of one image, as sentences. */
export function traitSentences(traits: readonly ImageTrait[]): string[] {
  return traits.map((trait) => `It ${TRAITS[trait].one}.`);
}

/** Below a quarter of the classes that so many images could show. */
const NARROW = 1 / 4;
const LEAST_IMAGES = 4;

export interface CalibrationImage {
  /** Class, or the folder that stands for one; null where unknown. */
  readonly label: number | null;
  readonly picture: PictureKind;
}

/** Whether the images that calibrate cover what the model meets; `classes`: how many there could be. */
export function narrowCalibration(images: readonly CalibrationImage[], classes: number): ImageNote[] {
  const notes: ImageNote[] = [];
  const labels = images.flatMap(({ label }) => (label === null ? [] : [label]));
  const distinct = new Set(labels).size;
  const isNarrow = distinct === 1 ? classes > 1 : distinct < NARROW * Math.min(classes, labels.length);
  if (labels.length === images.length && images.length >= LEAST_IMAGES && isNarrow) {
    const text = `The calibration set is narrow: its ${images.length} images show ${distinct} of ${classes} classes. Shuffle the images, or give others: scales found on few classes can be wrong for the rest.`;
    notes.push({ code: "CALIBRATION_NARROW", text });
  }
  const count = (kind: PictureKind): number => images.filter(({ picture }) => picture === kind).length;
  const [flat, noise] = [count("flat"), count("noise")];
  if (flat + noise > 0 && flat + noise >= NARROW * images.length) {
    const what = [...(flat > 0 ? [`${flat} of one colour`] : []), ...(noise > 0 ? [`${noise} of noise`] : [])].join(" and ");
    const text = `Of ${images.length} calibration images, ${what} show nothing: scales found on them are not those of pictures.`;
    notes.push({ code: "CALIBRATION_EMPTY_PICTURES", text });
  }
  return notes;
}
