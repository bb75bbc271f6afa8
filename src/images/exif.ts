/**
 * The EXIF orientation (TIFF tag 0x0112, EXIF 2.32 section 4.6.4).
 *
 * The rule here: orientation is ignored, as by Pillow and ImageFolder, and so by every published accuracy. Browsers always apply it and
 * cannot be told otherwise; therefore both the browser and Node decode bytes in which stripOrientation has set it to 1 (upright).
 */
import { latin1, uint16, uint32, type ByteOrder } from "./byte-order.ts";
import { crc32 } from "./crc32.ts";
import { jpegSegments, pngChunks, webpChunks, type ImageChunk } from "./image-chunks.ts";
import { sniffImage } from "./sniff-image.ts";

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

interface OrientationEntry {
  /** Where its 16-bit value lies in the file. */
  readonly at: number;
  readonly order: ByteOrder;
  readonly value: number;
  readonly chunk: ImageChunk;
}

/** 1 to 8 as in the first EXIF block that states one; 1 where none does. */
export function readOrientation(bytes: Uint8Array): number {
  for (const { value } of orientationEntries(bytes)) if (value >= 1 && value <= 8) return value;
  return 1;
}

/** The same bytes when nothing is to be changed, else a copy in which every orientation is 1. */
export function stripOrientation(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const entries = [...orientationEntries(bytes)].filter(({ value }) => value !== 1);
  if (entries.length === 0) return bytes;
  const upright = bytes.slice();
  const isPng = sniffImage(bytes) === "png";
  for (const { at, order, chunk } of entries) {
    upright[at] = order === "little" ? 1 : 0;
    upright[at + 1] = order === "little" ? 0 : 1;
    if (isPng && chunk.end + 4 <= upright.length) {
      const checksum = crc32(upright.subarray(chunk.start - 4, chunk.end));
      new DataView(upright.buffer, upright.byteOffset).setUint32(chunk.end, checksum);
    }
  }
  return upright;
}

function* orientationEntries(bytes: Uint8Array): Generator<OrientationEntry> {
  for (const chunk of exifChunks(bytes)) {
    const prefix = latin1(bytes, chunk.start, Math.min(chunk.start + 5, chunk.end)) === "Exif\0" ? 6 : 0;
    yield* tiffOrientations(bytes, chunk, chunk.start + prefix);
  }
}

function* exifChunks(bytes: Uint8Array): Generator<ImageChunk> {
  switch (sniffImage(bytes)) {
    case "jpeg":
      for (const segment of jpegSegments(bytes)) {
        if (segment.tag === "e1" && latin1(bytes, segment.start, segment.start + 5) === "Exif\0") yield segment;
      }
      return;
    case "png":
      for (const chunk of pngChunks(bytes)) if (chunk.tag === "eXIf") yield chunk;
      return;
    case "webp":
      for (const chunk of webpChunks(bytes)) if (chunk.tag === "EXIF") yield chunk;
      return;
    default:
  }
}

/** Only the first directory: the second one describes the thumbnail. */
function* tiffOrientations(bytes: Uint8Array, chunk: ImageChunk, base: number): Generator<OrientationEntry> {
  const mark = latin1(bytes, base, base + 2);
  if (mark !== "II" && mark !== "MM") return;
  const order: ByteOrder = mark === "II" ? "little" : "big";
  if (uint16(bytes, base + 2, order) !== 42) return;
  const directory = base + uint32(bytes, base + 4, order);
  if (directory + 2 > chunk.end) return;
  const count = uint16(bytes, directory, order);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > chunk.end) return;
    if (uint16(bytes, entry, order) !== ORIENTATION_TAG || uint16(bytes, entry + 2, order) !== SHORT) continue;
    yield { at: entry + 8, order, value: uint16(bytes, entry + 8, order), chunk };
  }
}
