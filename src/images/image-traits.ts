/** What a file holds that the network never sees, by its bytes: an image is used all the same, and its user is told. */
import { uint32 } from "./byte-order.ts";
import { readOrientation } from "./exif.ts";
import { pngChunks, webpChunks } from "./image-chunks.ts";
import type { DecodableKind } from "./sniff-image.ts";

/** animated: only the first frame is decoded; deep: 16 bits a sample, of which 8 are kept; alpha: laid on white; rotated: EXIF asks for a rotation that is not made. */
export type ImageTrait = "animated" | "deep" | "alpha" | "rotated";

export function imageTraits(bytes: Uint8Array, kind: DecodableKind): readonly ImageTrait[] {
  const found = new Set(ofKind(bytes, kind));
  if (readOrientation(bytes) !== 1) found.add("rotated");
  return [...found];
}

function ofKind(bytes: Uint8Array, kind: DecodableKind): Iterable<ImageTrait> {
  switch (kind) {
    case "png":
      return pngTraits(bytes);
    case "webp":
      return webpTraits(bytes);
    case "gif":
      return gifTraits(bytes);
    case "jpeg":
    case "bmp":
      return [];
  }
}

/** IHDR: depth at byte 24, colour type at 25 of which bit 2 means alpha (PNG section 11.2.1). */
function* pngTraits(bytes: Uint8Array): Generator<ImageTrait> {
  if (bytes[24] === 16) yield "deep";
  if (((bytes[25] ?? 0) & 4) !== 0) yield "alpha";
  for (const { tag } of pngChunks(bytes)) {
    if (tag === "tRNS") yield "alpha";
    if (tag === "acTL") yield "animated";
    if (tag === "IDAT") return;
  }
}

/** Flags of the extended header; without it, bit 28 of a lossless image's header says whether alpha is used. */
function* webpTraits(bytes: Uint8Array): Generator<ImageTrait> {
  for (const { tag, start } of webpChunks(bytes)) {
    if (tag === "VP8X") {
      const flags = bytes[start] ?? 0;
      if ((flags & 0x02) !== 0) yield "animated";
      if ((flags & 0x10) !== 0) yield "alpha";
      return;
    }
    if (tag === "VP8L" && ((uint32(bytes, start + 1, "little") >>> 28) & 1) === 1) yield "alpha";
  }
}

/** GIF89a section 19 to 23: blocks after the colour table; an image is followed by its data, an extension by its own. */
function* gifTraits(bytes: Uint8Array): Generator<ImageTrait> {
  const tableBytes = (flags: number) => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
  let images = 0;
  let at = 13 + tableBytes(bytes[10] ?? 0);
  while (at < bytes.length) {
    if (bytes[at] === 0x2c) {
      images++;
      if (images === 2) {
        yield "animated";
        return;
      }
      at = endOfData(bytes, at + 11 + tableBytes(bytes[at + 9] ?? 0));
    } else if (bytes[at] === 0x21) {
      // A graphic control extension: the lowest bit of its flags means a transparent colour.
      if (bytes[at + 1] === 0xf9 && ((bytes[at + 3] ?? 0) & 1) === 1) yield "alpha";
      at = endOfData(bytes, at + 2);
    } else return;
  }
}

/** Runs of data, each behind its length; one of length 0 ends them. */
function endOfData(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at];
  return at + 1;
}
