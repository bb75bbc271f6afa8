/** Width and height as the header states them, so that a picture bomb is refused before anything is decoded; null where the header is broken. */
import { uint16, uint32 } from "./byte-order.ts";
import { jpegSegments, webpChunks } from "./image-chunks.ts";
import type { DecodableKind } from "./sniff-image.ts";

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

export function imageSize(bytes: Uint8Array, kind: DecodableKind): ImageSize | null {
  const size = statedSize(bytes, kind);
  return size !== null && size.width > 0 && size.height > 0 ? size : null;
}

function statedSize(bytes: Uint8Array, kind: DecodableKind): ImageSize | null {
  switch (kind) {
    case "jpeg":
      return jpegFrame(bytes);
    case "png":
      return { width: uint32(bytes, 16, "big"), height: uint32(bytes, 20, "big") };
    case "gif":
      return { width: uint16(bytes, 6, "little"), height: uint16(bytes, 8, "little") };
    case "bmp":
      return bmpSize(bytes);
    case "webp":
      return webpSize(bytes);
  }
}

/** The frame header of a JPEG: SOF0 to SOF15 without the three markers among them that mean something else. */
export function jpegFrame(bytes: Uint8Array): (ImageSize & { readonly components: number }) | null {
  for (const { tag, start, end } of jpegSegments(bytes)) {
    if (!/^c[0-35-79-bd-f]$/.test(tag)) continue;
    if (end - start < 6) return null;
    return { height: uint16(bytes, start + 1, "big"), width: uint16(bytes, start + 3, "big"), components: bytes[start + 5] };
  }
  return null;
}

/** A negative height means rows from the top down. */
function bmpSize(bytes: Uint8Array): ImageSize {
  const headerSize = uint32(bytes, 14, "little");
  if (headerSize === 12) return { width: uint16(bytes, 18, "little"), height: uint16(bytes, 20, "little") };
  return { width: uint32(bytes, 18, "little") | 0, height: Math.abs(uint32(bytes, 22, "little") | 0) };
}

function webpSize(bytes: Uint8Array): ImageSize | null {
  for (const { tag, start } of webpChunks(bytes)) {
    if (tag === "VP8X") {
      return { width: 1 + (uint32(bytes, start + 4, "little") & 0xffffff), height: 1 + (uint32(bytes, start + 7, "little") & 0xffffff) };
    }
    if (tag === "VP8L") {
      const packed = uint32(bytes, start + 1, "little");
      return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
    }
    if (tag === "VP8 ") {
      return { width: uint16(bytes, start + 6, "little") & 0x3fff, height: uint16(bytes, start + 8, "little") & 0x3fff };
    }
  }
  return null;
}
