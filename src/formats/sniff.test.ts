import { expect, test } from "vitest";
import { expectCode } from "../testing/expect-code.ts";
import { byteSource, rawSafetensors } from "../testing/raw-files.ts";
import { openModelFiles } from "./open-model.ts";
import { openSafetensors } from "./safetensors.ts";
import { sniff, type FileKind } from "./sniff.ts";

const oid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 88200000\n`;

const cases: readonly (readonly [kind: FileKind, code: string, bytes: string, says: RegExp])[] = [
  ["empty", "FILE_EMPTY", "", /0 bytes/],
  ["lfs-pointer", "LFS_POINTER", pointer, new RegExp(`88\\.2 MB \\(88200000 bytes\\), sha256 ${oid}`)],
  ["html", "HTML_PAGE", "\n<!DOCTYPE html><html><title>Access denied</title>", /Access denied/],
  ["html", "HTML_PAGE", "<html lang=en><body>404", /web page/],
  ["json", "JSON_ERROR_BODY", '{"error":"Repository not found"}', /Repository not found/],
  ["json", "NOT_WEIGHTS", '{ "hidden_size": 192 }', /JSON text/],
  ["zip-pickle", "NOT_WEIGHTS", "PK\x03\x04\x00\x00\x08\x08archive/data.pklFB", /own name/],
  ["zip", "NOT_WEIGHTS", "PK\x03\x04\x14\x00\x00\x00photos/cat.jpg", /Unpack/],
  ["pickle", "NOT_WEIGHTS", "\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", /pickle/],
  ["onnx", "NOT_WEIGHTS", "\x08\x07\x12\x07pytorch\x1a\x051.13.1:", /ONNX/],
  ["gguf", "NOT_WEIGHTS", "GGUF\x03\x00\x00\x00\x23\x01", /language models/],
  ["image", "NOT_WEIGHTS", "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", /an image/],
  ["image", "NOT_WEIGHTS", "\xff\xd8\xff\xe0\x00\x10JFIF", /an image/],
  ["image", "NOT_WEIGHTS", "RIFF\x24\x00\x00\x00WEBPVP8 ", /an image/],
  ["pdf", "NOT_WEIGHTS", "%PDF-1.7\n%\xe2\xe3", /PDF/],
  ["hdf5", "NOT_WEIGHTS", "\x89HDF\r\n\x1a\n\0\0\0\0", /HDF5/],
  ["gzip", "NOT_WEIGHTS", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", /gzip/],
  ["tar", "NOT_WEIGHTS", `model/${"\0".repeat(251)}ustar\x0000`, /tar/],
  ["executable", "NOT_WEIGHTS", "\x7fELF\x02\x01\x01\0\0\0\0\0", /executable/],
  ["executable", "NOT_WEIGHTS", "MZ\x90\0\x03\0\0\0", /executable/],
  ["executable", "NOT_WEIGHTS", "\xcf\xfa\xed\xfe\x07\0\0\x01", /executable/],
  ["packed", "NOT_WEIGHTS", "Rar!\x1a\x07\x01\0", /RAR.*Unpack/],
  ["packed", "NOT_WEIGHTS", "7z\xbc\xaf\x27\x1c\0\x04", /7-Zip/],
  ["packed", "NOT_WEIGHTS", "\x28\xb5\x2f\xfd\x04\x58", /Zstandard/],
  ["encrypted", "NOT_WEIGHTS", "Salted__\x12\x34\x56\x78", /encrypted.*Decrypt/],
  ["npy", "NOT_WEIGHTS", "\x93NUMPY\x01\x00v\x00{'descr': '<f4'", /NumPy/],
  ["parquet", "NOT_WEIGHTS", "PAR1\x15\x04\x15", /Parquet/],
  ["arrow", "NOT_WEIGHTS", "ARROW1\0\0", /Arrow/],
  ["engine", "NOT_WEIGHTS", "ptrt\0\0\0\x01", /TensorRT/],
  ["unknown", "HEADER_INVALID", "some notes that I took yesterday", /instead of "\{"|announces a header/],
];

test.each(cases)("%s: %s for %j", async (kind, code, bytes, says) => {
  const source = byteSource(bytes, "model.safetensors");
  expect(await sniff(source)).toBe(kind);
  const error = await expectCode(code, () => openSafetensors(source));
  expect(error.what).toContain("model.safetensors");
  expect(error.message).toMatch(says);
});

test.each([
  ["saved_model.pb", "\x08\x01\x12\x04\x0a\x02", /SavedModel/],
  ["net.mlmodel", "\x08\x05\x12", /Core ML/],
  ["vit.plan", "\0\x01\x02", /TensorRT/],
  ["vit.keras", "PK\x03\x04\x14\x00\x00\x00metadata.json", /Keras/],
  ["flax_model.msgpack", "\x83\xa6params", /Flax/],
  ["vit.ckpt-100.index", "\0\0\x08\x0a", /TensorFlow checkpoint/],
] as const)("%s is named by its ending", async (name, bytes, says) => {
  const error = await expectCode("NOT_WEIGHTS", () => openModelFiles([byteSource(bytes, name)]));
  expect(error.what).toMatch(says);
  // Among other files as well, where it is the only one that could be meant.
  const among = await expectCode("NOT_WEIGHTS", () => openModelFiles([byteSource("hello", "README"), byteSource(bytes, name)]));
  expect(among.what).toMatch(says);
});

test("the data of an ONNX model without its network", async () => {
  const error = await expectCode("ONNX_NETWORK_MISSING", () => openModelFiles([byteSource("\0\x01\x02\x03", "onnx/model.onnx_data")]));
  expect(error.next).toContain("model.onnx");
});

test("a header length that imitates another format's magic is still safetensors", async () => {
  // 0x1b8b1f is gzip's magic in the length's low bytes: a header of about 1.8 MB.
  const entry = JSON.stringify({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4] } });
  const source = rawSafetensors(entry.padEnd(0x1b8b1f), 4);
  expect(await sniff(source)).toBe("safetensors");
  expect((await openSafetensors(source)).names).toEqual(["a"]);
});
