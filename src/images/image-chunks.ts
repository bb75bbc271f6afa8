/**
 * The parts that image files are made of: JPEG marker segments (ITU-T T.81 annex B), PNG chunks (W3C PNG section 5), WebP chunks (RIFF).
 * Every walk moves forward with each step and stays inside the bytes, so hostile lengths end it early instead of looping.
 */
import { latin1, uint16, uint32 } from "./byte-order.ts";

export interface ImageChunk {
  /** JPEG: the marker's second byte as two hex digits; PNG and WebP: the four letters. */
  readonly tag: string;
  /** Where the contents lie; `end` is cut at the end of the file. */
  readonly start: number;
  readonly end: number;
}

/** The segments before the entropy-coded data; the last one is the start of scan ("da"). */
export function* jpegSegments(bytes: Uint8Array): Generator<ImageChunk> {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) {
      at++; // decoders skip stray bytes between segments
      continue;
    }
    const marker = bytes[at + 1];
    // Fill bytes and markers without contents: 01, RST0-7, SOI.
    if (marker === 0xff || marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === 0xd9) return;
    const length = uint16(bytes, at + 2, "big");
    if (length < 2) return;
    yield { tag: marker.toString(16), start: at + 4, end: Math.min(at + 2 + length, bytes.length) };
    if (marker === 0xda) return;
    at += 2 + length;
  }
}

export function* pngChunks(bytes: Uint8Array): Generator<ImageChunk> {
  let at = 8;
  while (at + 8 <= bytes.length) {
    const end = at + 8 + uint32(bytes, at, "big");
    yield { tag: latin1(bytes, at + 4, at + 8), start: at + 8, end: Math.min(end, bytes.length) };
    at = end + 4; // the checksum follows the contents
  }
}

export function* webpChunks(bytes: Uint8Array): Generator<ImageChunk> {
  let at = 12;
  while (at + 8 <= bytes.length) {
    const length = uint32(bytes, at + 4, "little");
    yield { tag: latin1(bytes, at, at + 4), start: at + 8, end: Math.min(at + 8 + length, bytes.length) };
    at += 8 + length + (length % 2); // padded to even
  }
}
