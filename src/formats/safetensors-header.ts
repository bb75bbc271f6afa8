/**
 * The header of a safetensors file: 8-byte little-endian length, a JSON object, then the data.
 * Every rule of https://github.com/huggingface/safetensors#format is checked before a tensor can be read, because the offsets
 * come from strangers: at most 100 MB of header, starts with "{", no duplicate keys, data fully covered without overlap.
 */
import { elementCount, type Shape } from "../tensor/tensor.ts";
import type { ByteSource } from "./byte-source.ts";
import { formatError } from "./error-codes.ts";
import { duplicateKey, isJsonObject, objectEnd, type Json } from "./json.ts";
import { readBytes, truncated } from "./read-bytes.ts";
import { sizeText } from "./size-text.ts";
import { isStoredDType, storedBits, type StoredDType } from "./stored-dtype.ts";

export const maxHeaderBytes = 100_000_000;

export interface TensorEntry {
  readonly name: string;
  readonly dtype: StoredDType;
  readonly shape: Shape;
  /** Offsets in the file (the header's offsets count from the end of the header). */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** Sorted by position in the file. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads and validates the header; reads no tensor data. `source` must have at least 9 bytes. */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const prefix = await readBytes(source, 0, 9);
  const headerBytes = Number(new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true));
  const dataStart = 8 + headerBytes;
  const startsAsObject = prefix[8] === 0x7b;
  if (headerBytes > maxHeaderBytes) {
    throw invalid(source, `it announces a header of ${sizeText(headerBytes)}; the format allows ${sizeText(maxHeaderBytes)}`);
  }
  if (!startsAsObject) throw invalid(source, `its header starts with byte ${prefix[8]} instead of "{"`);
  if (headerBytes < 2) throw invalid(source, `it announces a header of ${headerBytes} bytes; the shortest possible one has 2`);
  if (dataStart > source.byteLength) throw await headerPastEnd(source, dataStart);
  const text = decodeUtf8(source, await readBytes(source, 8, dataStart));
  const entries = parseEntries(source, parseHeader(source, text), dataStart);
  checkCoverage(source, entries.tensors, dataStart);
  return { entries: entries.tensors, metadata: entries.metadata };
}

/** The header ends after the file: an honest length of a cut file, or a wrong length of a whole one. */
async function headerPastEnd(source: ByteSource, dataStart: number) {
  const rest = new TextDecoder().decode(await readBytes(source, 8, source.byteLength));
  const closes = objectEnd(rest);
  if (closes === null) return truncated(source, dataStart);
  return invalid(
    source,
    `it announces a header of ${dataStart - 8} bytes, but its JSON ends after ${closes} and the file after ${rest.length}`,
  );
}

function decodeUtf8(source: ByteSource, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalid(source, "its header is not UTF-8 text");
  }
}

function parseHeader(source: ByteSource, text: string): Readonly<Record<string, Json>> {
  let header: Json;
  try {
    header = JSON.parse(text) as Json;
  } catch (error) {
    throw invalid(source, `its header is not JSON (${(error as Error).message})`);
  }
  if (!isJsonObject(header)) throw invalid(source, "its header is not a JSON object");
  const twice = duplicateKey(text);
  if (twice !== null) throw invalid(source, `the key "${twice}" occurs twice in its header`);
  return header;
}

function parseEntries(source: ByteSource, header: Readonly<Record<string, Json>>, dataStart: number) {
  const tensors: TensorEntry[] = [];
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name !== "__metadata__") {
      tensors.push(parseEntry(source, name, value, dataStart));
      continue;
    }
    if (!isJsonObject(value)) throw invalid(source, "__metadata__ is not an object");
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== "string") throw invalid(source, `__metadata__ entry "${key}" is not a text`);
      metadata[key] = text;
    }
  }
  tensors.sort((a, b) => a.start - b.start || a.end - b.end);
  return { tensors, metadata };
}

function parseEntry(source: ByteSource, name: string, value: Json, dataStart: number): TensorEntry {
  const fail = (rule: string) => invalid(source, `tensor "${name}": ${rule}`);
  if (!isJsonObject(value)) throw fail("its entry is not an object");
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isStoredDType(dtype)) throw fail(`unknown dtype ${JSON.stringify(dtype)}`);
  if (!isSizes(shape)) throw fail(`shape ${JSON.stringify(shape)} is not a list of sizes`);
  if (!isSizes(offsets) || offsets.length !== 2) throw fail(`data_offsets ${JSON.stringify(offsets)} are not two offsets`);
  const [begin, end] = offsets;
  if (end < begin) throw fail(`data_offsets end (${end}) before they begin (${begin})`);
  const bits = elementCount(shape) * storedBits[dtype];
  if (!Number.isSafeInteger(bits)) throw fail(`shape [${shape.join(",")}] is too large`);
  if (bits % 8 !== 0 || end - begin !== bits / 8) {
    throw fail(`${dtype} [${shape.join(",")}] takes ${bits / 8} bytes, but data_offsets span ${end - begin}`);
  }
  return { name, dtype, shape, start: dataStart + begin, end: dataStart + end };
}

function isSizes(value: Json | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

/** Tensors must follow each other without overlap or hole, from the end of the header to the end of the file. */
function checkCoverage(source: ByteSource, entries: readonly TensorEntry[], dataStart: number): void {
  let position = dataStart;
  let previous = "the header";
  for (const { name, start, end } of entries) {
    if (start < position) throw invalid(source, `tensor "${name}" overlaps ${previous} by ${position - start} bytes`);
    if (start > position) throw invalid(source, `there is a hole of ${start - position} bytes between ${previous} and tensor "${name}"`);
    position = end;
    previous = `tensor "${name}"`;
  }
  if (position > source.byteLength) throw truncated(source, position);
  if (position < source.byteLength) throw invalid(source, `${source.byteLength - position} bytes after ${previous} belong to no tensor`);
}

function invalid(source: ByteSource, rule: string) {
  return formatError(
    "HEADER_INVALID",
    `${source.name} is not a well-formed safetensors file.`,
    `A rule of the format is broken: ${rule}.`,
    "Download it again, or save it again with the safetensors library.",
  );
}
