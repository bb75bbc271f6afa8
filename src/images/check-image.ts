/** The checks before decoding, shared by Node and the browser so that both refuse the same files with the same words. */
import type { InputError } from "../tensor/input-error.ts";
import { uint32 } from "./byte-order.ts";
import { jpegSegments, pngChunks } from "./image-chunks.ts";
import { imageError } from "./image-errors.ts";
import { imageSize, type ImageSize } from "./image-size.ts";
import { sniffImage, type DecodableKind, type ImageKind } from "./sniff-image.ts";

/** 100 megapixels are 400 MB as RGBA, and more than any photograph that a Vision Transformer of 224 or 518 pixels needs. */
export const MAX_PIXELS = 100_000_000;

export interface ImageHeader extends ImageSize {
  readonly kind: DecodableKind;
}

/** Throws an InputError unless the bytes look like an image that can be decoded. */
export function checkImage(bytes: Uint8Array, name: string): ImageHeader {
  const kind = sniffImage(bytes);
  if (!isDecodable(kind)) throw refusal(kind, name);
  if (isTruncated(bytes, kind)) throw truncated(name, bytes.length);
  const size = imageSize(bytes, kind);
  if (size === null) throw undecodable(name, kind, "Its header states no usable size.");
  if (size.width * size.height > MAX_PIXELS) {
    throw imageError(
      "IMAGE_TOO_LARGE",
      `${name} has ${size.width} x ${size.height} pixels.`,
      `Images of more than ${MAX_PIXELS / 1e6} megapixels are not decoded: they need gigabytes of memory.`,
      "Make it smaller and give it again.",
    );
  }
  return { kind, width: size.width, height: size.height };
}

/** What to throw when a decoder refused an image that checkImage had let pass. */
export function decodeFailure(bytes: Uint8Array, kind: DecodableKind, name: string, cause: unknown): InputError {
  if (lacksItsEnd(bytes, kind)) return truncated(name, bytes.length);
  const detail = (cause instanceof Error ? cause.message : String(cause)).trim().split("\n")[0];
  return undecodable(name, kind, `The decoder says: ${detail}${/[.!?]$/.test(detail) ? "" : "."}`);
}

function isDecodable(kind: ImageKind): kind is DecodableKind {
  return kind === "jpeg" || kind === "png" || kind === "webp" || kind === "gif" || kind === "bmp";
}

/** Formats that state their length, or whose end every decoder but one insists on (a PNG without IEND passes in libpng only). */
function isTruncated(bytes: Uint8Array, kind: DecodableKind): boolean {
  if (kind === "webp") return uint32(bytes, 4, "little") + 8 > bytes.length;
  if (kind !== "png") return false;
  for (const { tag } of pngChunks(bytes)) if (tag === "IEND") return false;
  return true;
}

function lacksItsEnd(bytes: Uint8Array, kind: DecodableKind): boolean {
  if (kind === "gif") return bytes[bytes.length - 1] !== 0x3b;
  if (kind === "bmp") return uint32(bytes, 2, "little") > bytes.length;
  if (kind !== "jpeg") return false;
  let scan = bytes.length;
  for (const { tag, start } of jpegSegments(bytes)) if (tag === "da") scan = start;
  // Coded data never holds ff d9 but as the end marker: a 0 is stuffed behind every ff.
  for (let at = bytes.indexOf(0xff, scan); at >= 0; at = bytes.indexOf(0xff, at + 1)) if (bytes[at + 1] === 0xd9) return false;
  return true;
}

function truncated(name: string, sizeBytes: number): InputError {
  return imageError(
    "IMAGE_TRUNCATED",
    `${name} is incomplete.`,
    `Its ${sizeBytes} bytes end before the image does.`,
    "Download or copy it again.",
  );
}

function undecodable(name: string, kind: DecodableKind, why: string): InputError {
  return imageError(
    "IMAGE_UNDECODABLE",
    `${name} (${kind.toUpperCase()}) cannot be decoded.`,
    why,
    "Save it again as PNG or JPEG, or leave it out.",
  );
}

const NAMES: Readonly<Partial<Record<ImageKind, string>>> = {
  avif: "an AVIF image",
  tiff: "a TIFF image",
  jxl: "a JPEG XL image",
  jp2: "a JPEG 2000 image",
  svg: "an SVG drawing",
  dicom: "a DICOM image of a medical device",
  raw: "a camera's raw image",
  psd: "a Photoshop document",
  parquet: "a Parquet table, as data sets are published in",
  pdf: "a PDF document",
};

function refusal(kind: Exclude<ImageKind, DecodableKind>, name: string): InputError {
  switch (kind) {
    case "empty":
      return imageError("IMAGE_EMPTY", `${name} is empty.`, "It has 0 bytes, as after a failed download.", "Download or copy it again.");
    case "lfs-pointer":
      return imageError(
        "IMAGE_LFS_POINTER",
        `${name} is a Git-LFS pointer, not the image itself.`,
        "The repository was cloned without its large files.",
        "Run `git lfs pull` in it.",
      );
    case "html":
      return imageError(
        "IMAGE_HTML",
        `${name} is a web page.`,
        "The download returned a page instead of the image.",
        "Open the link in a browser, save the image itself and give that.",
      );
    case "heic":
      return imageError(
        "IMAGE_HEIC",
        `${name} is a HEIC photo, as iPhones take them.`,
        "Most browsers cannot decode it.",
        "Export it as JPEG (on the phone: Settings, Camera, Formats, Most Compatible).",
      );
    case "unknown":
      return imageError(
        "IMAGE_UNKNOWN",
        `${name} is no image that is known here.`,
        "Its first bytes match no image format.",
        "Give JPEG, PNG, WebP, GIF or BMP.",
      );
    case "avif":
    case "tiff":
    case "jxl":
    case "jp2":
    case "svg":
    case "dicom":
    case "raw":
    case "psd":
    case "parquet":
    case "pdf":
      return imageError(
        "IMAGE_FORMAT_UNSUPPORTED",
        `${name} is ${NAMES[kind]}.`,
        "That format is not decoded to the same pixels everywhere.",
        "Save it as PNG or JPEG.",
      );
  }
}
