/**
 * Zip archives as byte sources (central directory by zip.js): stored members are read in place, compressed ones inflate into memory when first read.
 * Hostile archives end in ARCHIVE_INVALID: paths that leave the folder, members that overlap or inflate beyond what they announce, encryption.
 */
import { configure, ERR_EOCDR_NOT_FOUND, Reader, ZipReader, type Entry, type FileEntry } from "@zip.js/zip.js";
import { InputError } from "../../tensor/input-error.ts";
import type { ByteSource } from "../byte-source.ts";
import { formatError } from "../error-codes.ts";
import { sizeText } from "../size-text.ts";
import { readBytes } from "../read-bytes.ts";
import { archiveError, checkMember, maxMembers } from "./limits.ts";

// The lab runs in a worker already; a worker for each member would only add copies.
configure({ useWebWorkers: false });

const STORED = 0;
const DEFLATED = 8;
const LOCAL_HEADER_BYTES = 30;

/** The files in the archive, named by their paths inside; folders are left out. */
export async function openZip(source: ByteSource): Promise<readonly ByteSource[]> {
  const entries = await readDirectory(source);
  if (entries.length > maxMembers) throw archiveError(source, `it has ${entries.length} members; at most ${maxMembers} are read`);
  const seen = new Set<string>();
  const files: ByteSource[] = [];
  for (const entry of entries) {
    if (entry.directory) continue;
    if (seen.has(entry.filename)) throw archiveError(source, `"${entry.filename}" is in it twice`);
    seen.add(entry.filename);
    files.push(memberSource(source, entry));
  }
  return files;
}

async function readDirectory(source: ByteSource): Promise<Entry[]> {
  try {
    const reader = new ZipReader(new SourceReader(source), { checkOverlappingEntry: true });
    const entries: Entry[] = [];
    // One by one, so that a directory of millions of members ends at the limit and not in memory.
    for await (const entry of reader.getEntriesGenerator()) {
      entries.push(entry);
      if (entries.length > maxMembers) break;
    }
    return entries;
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw reason === ERR_EOCDR_NOT_FOUND ? cutOff(source) : archiveError(source, reason);
  }
}

function cutOff({ name, byteLength }: ByteSource) {
  return formatError(
    "TRUNCATED",
    `${name} ends before its table of contents.`,
    `It is a zip archive of which ${sizeText(byteLength)} (${byteLength} bytes) are here; the list of what is in it stands at the end, and is not there, as after an interrupted download.`,
    "Download it again, and compare its size with the one shown on the model's page.",
  );
}

function memberSource(source: ByteSource, entry: FileEntry): ByteSource {
  const { filename: name, uncompressedSize, compressedSize, compressionMethod, encrypted } = entry;
  if (encrypted) throw archiveError(source, `"${name}" is encrypted`);
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED) {
    throw archiveError(source, `"${name}" is compressed by method ${compressionMethod}; deflate and stored are read`);
  }
  checkMember(source, name, uncompressedSize, compressedSize);
  if (compressionMethod === STORED) {
    if (uncompressedSize !== compressedSize) throw archiveError(source, `"${name}" is stored, but in another size than it has`);
    let start: Promise<number> | null = null;
    return {
      name,
      byteLength: uncompressedSize,
      slice: async (from, to) => {
        start ??= dataStart(source, entry);
        const offset = await start;
        return readBytes(source, offset + from, offset + to);
      },
    };
  }
  let inflated: Promise<Uint8Array<ArrayBuffer>> | null = null;
  return {
    name,
    byteLength: uncompressedSize,
    slice: async (from, to) => {
      inflated ??= inflate(source, entry);
      return (await inflated).slice(from, to);
    },
  };
}

/** Behind the local header, whose name and extra field may differ in length from the directory's. */
async function dataStart(source: ByteSource, { offset, filename, compressedSize }: FileEntry): Promise<number> {
  const header = await readBytes(source, offset, offset + LOCAL_HEADER_BYTES);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.getUint32(0, true) !== 0x04034b50) throw archiveError(source, `"${filename}" has no header where the directory says`);
  const start = offset + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + compressedSize > source.byteLength) throw archiveError(source, `"${filename}" reaches past the archive's end`);
  return start;
}

/** Into a buffer of the announced size; anything beyond it ends the reading. */
async function inflate(source: ByteSource, entry: FileEntry): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(entry.uncompressedSize);
  let filled = 0;
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      if (filled + chunk.length > bytes.length) throw archiveError(source, `"${entry.filename}" inflates beyond the size it announces`);
      bytes.set(chunk, filled);
      filled += chunk.length;
    },
  });
  try {
    await entry.getData(sink, { checkSignature: true });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw archiveError(source, `"${entry.filename}" does not inflate (${error instanceof Error ? error.message : String(error)})`);
  }
  if (filled !== bytes.length) throw archiveError(source, `"${entry.filename}" ends after ${filled} of ${bytes.length} bytes`);
  return bytes;
}

/** zip.js reads through this. */
class SourceReader extends Reader<ByteSource> {
  private readonly source: ByteSource;
  constructor(source: ByteSource) {
    super(source);
    this.source = source;
    this.size = source.byteLength;
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    return readBytes(this.source, index, Math.min(index + length, this.source.byteLength));
  }
}
