import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InputError } from "../tensor/input-error.ts";
import { checkImage, decodeFailure } from "./check-image.ts";
import { imageSize } from "./image-size.ts";
import { sniffImage } from "./sniff-image.ts";

const goldens = new URL("goldens/", import.meta.url);
const file = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(`decode/${name}`, goldens)));
const known = JSON.parse(readFileSync(new URL("decode.json", goldens), "utf8")) as Record<string, { width: number; height: number }>;
const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const padded = (text: string): Uint8Array<ArrayBuffer> => latin1(text.padEnd(64, "\0"));

function faultOf(bytes: Uint8Array): InputError {
  try {
    checkImage(bytes, "photos/cat.jpg");
  } catch (fault) {
    if (fault instanceof InputError) return fault;
    throw fault;
  }
  throw new Error("nothing was refused");
}

describe("kind and size from the header", () => {
  test.each(Object.entries(known))("%s", (name, { width, height }) => {
    const extension = name.split(".")[1];
    expect(checkImage(file(name), name)).toEqual({ kind: extension === "jpg" ? "jpeg" : extension, width, height });
  });

  test("a lossy WebP inside the extended format, as with EXIF", () => {
    const extended = latin1("RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x2b\x01\0\xc7\0\0");
    expect(imageSize(extended, "webp")).toEqual({ width: 300, height: 200 });
  });

  test("a BMP from the top down, and an OS/2 one", () => {
    const topDown = file("rgb.bmp");
    new DataView(topDown.buffer).setInt32(22, -29, true);
    expect(imageSize(topDown, "bmp")).toEqual({ width: 37, height: 29 });
    expect(imageSize(padded("BM" + "\0".repeat(12) + "\x0c\0\0\0\x05\0\x06\0"), "bmp")).toEqual({ width: 5, height: 6 });
  });
});

describe("what stands in place of an image", () => {
  test.each([
    ["", "empty", "IMAGE_EMPTY"],
    ["version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n", "lfs-pointer", "IMAGE_LFS_POINTER"],
    ["\n <!DOCTYPE html><html>", "html", "IMAGE_HTML"],
    ["<html lang='en'>", "html", "IMAGE_HTML"],
    ["\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic", "IMAGE_HEIC"],
    ["\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "heic", "IMAGE_HEIC"],
    ["\0\0\0\x1cftypmif1\0\0\0\0mif1miafavif", "avif", "IMAGE_FORMAT_UNSUPPORTED"],
    ["\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "avif", "IMAGE_FORMAT_UNSUPPORTED"],
    ["II*\0\x08\0\0\0", "tiff", "IMAGE_FORMAT_UNSUPPORTED"],
    ["MM\0*\0\0\0\x08", "tiff", "IMAGE_FORMAT_UNSUPPORTED"],
    ["\0\0\0\x0cJXL \r\n\x87\n", "jxl", "IMAGE_FORMAT_UNSUPPORTED"],
    ["\0\0\0\x0cjP  \r\n\x87\n", "jp2", "IMAGE_FORMAT_UNSUPPORTED"],
    ["<?xml version='1.0'?>\n<svg xmlns=''>", "svg", "IMAGE_FORMAT_UNSUPPORTED"],
    ["%PDF-1.7", "pdf", "IMAGE_FORMAT_UNSUPPORTED"],
    [`${"\0".repeat(128)}DICM`, "dicom", "IMAGE_FORMAT_UNSUPPORTED"],
    ["FUJIFILMCCD-RAW 0201", "raw", "IMAGE_FORMAT_UNSUPPORTED"],
    ["8BPS\0\x01", "psd", "IMAGE_FORMAT_UNSUPPORTED"],
    ["PAR1\x15\x04", "parquet", "IMAGE_FORMAT_UNSUPPORTED"],
    ["BMW is a car, not a bitmap, and this is a text file", "unknown", "IMAGE_UNKNOWN"],
    ["\0\0\0\x18ftypisom\0\0\0\0isommp42", "unknown", "IMAGE_UNKNOWN"],
    ["RIFF\x24\0\0\0WAVEfmt ", "unknown", "IMAGE_UNKNOWN"],
  ])("%j", (text, kind, code) => {
    const bytes = latin1(text);
    expect(sniffImage(bytes)).toBe(kind);
    const fault = faultOf(bytes);
    expect(fault.code).toBe(code);
    expect(fault.what).toContain("photos/cat.jpg");
    for (const part of [fault.what, fault.why, fault.next]) expect(part).toMatch(/^.*\w.*[.)]$/);
  });
});

describe("what is refused before decoding", () => {
  test("more than 100 megapixels, without reading the pixels", () => {
    const bomb = file("rgb.png");
    new DataView(bomb.buffer).setUint32(16, 20_000);
    new DataView(bomb.buffer).setUint32(20, 20_000);
    const fault = faultOf(bomb);
    expect(fault.code).toBe("IMAGE_TOO_LARGE");
    expect(fault.what).toContain("20000 x 20000");
    new DataView(bomb.buffer).setUint32(16, 10_000);
    new DataView(bomb.buffer).setUint32(20, 10_000);
    expect(checkImage(bomb, "large.png")).toEqual({ kind: "png", width: 10_000, height: 10_000 });
  });

  test("a size of zero, and a JPEG without a frame", () => {
    const flat = file("rgb.png");
    new DataView(flat.buffer).setUint32(20, 0);
    expect(faultOf(flat).code).toBe("IMAGE_UNDECODABLE");
    expect(faultOf(padded("\xff\xd8\xff\xd9")).code).toBe("IMAGE_UNDECODABLE");
  });

  test("formats that tell their own length and are shorter", () => {
    expect(faultOf(file("rgb.png").slice(0, -12)).code).toBe("IMAGE_TRUNCATED");
    expect(faultOf(file("lossless.webp").slice(0, -1)).code).toBe("IMAGE_TRUNCATED");
  });
});

describe("a decoder's refusal", () => {
  const cause = new Error("Bad Huffman code\nat line 5");
  test.each([
    ["rgb-420.jpg", "jpeg"],
    ["progressive-420.jpg", "jpeg"],
    ["palette.gif", "gif"],
    ["rgb.bmp", "bmp"],
  ] as const)("of %s: incomplete or damaged", (name, kind) => {
    const whole = file(name);
    expect(decodeFailure(whole.subarray(0, whole.length - 1), kind, name, cause).code).toBe("IMAGE_TRUNCATED");
    const damaged = decodeFailure(whole, kind, name, cause);
    expect(damaged.code).toBe("IMAGE_UNDECODABLE");
    expect(damaged.why).toBe("The decoder says: Bad Huffman code.");
  });
});
