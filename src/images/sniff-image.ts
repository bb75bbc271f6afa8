/** What an image file really is, by its first bytes: names lie. */
import { latin1, uint32 } from "./byte-order.ts";

/** The kinds that are decoded here. */
export type DecodableKind = "jpeg" | "png" | "webp" | "gif" | "bmp";
export type ImageKind =
  | DecodableKind
  | "heic"
  | "avif"
  | "tiff"
  | "jxl"
  | "jp2"
  | "svg"
  | "dicom"
  | "raw"
  | "psd"
  | "parquet"
  | "pdf"
  | "html"
  | "lfs-pointer"
  | "empty"
  | "unknown";

const headBytes = 512;

/** Magic bytes at an offset, as latin-1 text. */
const signatures: readonly (readonly [kind: ImageKind, offset: number, magic: string])[] = [
  ["jpeg", 0, "\xff\xd8\xff"],
  ["png", 0, "\x89PNG\r\n\x1a\n"],
  ["webp", 8, "WEBP"],
  ["gif", 0, "GIF87a"],
  ["gif", 0, "GIF89a"],
  ["tiff", 0, "II*\0"],
  ["tiff", 0, "MM\0*"],
  ["tiff", 0, "II+\0"],
  ["tiff", 0, "MM\0+"],
  ["jxl", 0, "\xff\x0a"],
  ["jxl", 4, "JXL \r\n"],
  ["jp2", 4, "jP  \r\n"],
  ["jp2", 0, "\xff\x4f\xff\x51"],
  ["dicom", 128, "DICM"],
  ["raw", 0, "FUJIFILMCCD-RAW"],
  ["raw", 0, "IIRO"],
  ["raw", 0, "IIU\0"],
  ["psd", 0, "8BPS"],
  ["parquet", 0, "PAR1"],
  ["pdf", 0, "%PDF"],
  ["lfs-pointer", 0, "version https://git-lfs"],
];

export function sniffImage(bytes: Uint8Array): ImageKind {
  if (bytes.length === 0) return "empty";
  const text = latin1(bytes, 0, headBytes);
  for (const [kind, offset, magic] of signatures) {
    if (text.startsWith(magic, offset) && (kind !== "webp" || text.startsWith("RIFF"))) return kind;
  }
  if (text.startsWith("ftyp", 4)) return isoBrand(bytes, text);
  // Two letters alone prove little: the size of the header that follows them must be a known one too.
  if (text.startsWith("BM") && [12, 40, 52, 56, 64, 108, 124].includes(uint32(bytes, 14, "little"))) return "bmp";
  const trimmed = text.replace(/^(\xef\xbb\xbf)?\s*/, "");
  if (/^(<\?xml[^>]*>\s*)?(<!--[^>]*-->\s*)?(<!doctype svg[^>]*>\s*)?<svg[\s>]/i.test(trimmed)) return "svg";
  if (/^<(!doctype html|html|head|body)[\s>]/i.test(trimmed)) return "html";
  return "unknown";
}

/** An ISO media file names its major brand and the brands it is compatible with; HEIF's own brand (mif1) serves HEIC and AVIF. */
function isoBrand(bytes: Uint8Array, text: string): ImageKind {
  const end = Math.min(uint32(bytes, 0, "big"), text.length);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += 4) brands.push(text.slice(at, at + 4));
  if (brands.some((brand) => brand === "avif" || brand === "avis")) return "avif";
  if (brands.some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand))) return "heic";
  return "unknown";
}
