/**
 * Tar archives as byte sources, read in place (POSIX ustar and pax, https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, GNU long names).
 * Links, devices and sparse files are left out: nothing that a model or an image folder needs.
 */
import type { ByteSource } from "../byte-source.ts";
import { readBytes } from "../read-bytes.ts";
import { archiveError, checkMember, maxMembers } from "./limits.ts";

const BLOCK = 512;
const maxPathBytes = 65_536;

interface Header {
  readonly name: string;
  readonly sizeBytes: number;
  readonly type: string;
}

export async function openTar(source: ByteSource): Promise<readonly ByteSource[]> {
  const files: ByteSource[] = [];
  const names = new Set<string>();
  let longName: string | null = null;
  let members = 0;
  for (let position = 0; position + BLOCK <= source.byteLength;) {
    const header = parseHeader(source, await readBytes(source, position, position + BLOCK), position);
    if (!header) break;
    if (++members > maxMembers) throw archiveError(source, `it has more than ${maxMembers} members`);
    const start = position + BLOCK;
    const end = start + header.sizeBytes;
    if (end > source.byteLength) throw archiveError(source, `"${header.name}" reaches past the archive's end`);
    position = start + Math.ceil(header.sizeBytes / BLOCK) * BLOCK;
    if (header.type === "L" || header.type === "x") {
      if (header.sizeBytes > maxPathBytes) throw archiveError(source, `a path of ${header.sizeBytes} bytes`);
      const bytes = await readBytes(source, start, end);
      longName = header.type === "L" ? text(bytes) : (paxPath(bytes) ?? longName);
      continue;
    }
    const name = (longName ?? header.name).replace(/^(\.\/)+/, "");
    longName = null;
    // "0" and NUL are plain files, "7" contiguous ones, which are the same today.
    if (!/^[0\0 7]$/.test(header.type) || name === "" || name.endsWith("/")) continue;
    checkMember(source, name, header.sizeBytes, header.sizeBytes);
    if (names.has(name)) throw archiveError(source, `"${name}" is in it twice`);
    names.add(name);
    files.push({ name, byteLength: header.sizeBytes, slice: (from, to) => readBytes(source, start + from, start + to) });
  }
  return files;
}

/** null: the zero block at the end. */
function parseHeader(source: ByteSource, block: Uint8Array, position: number): Header | null {
  if (block.every((byte) => byte === 0)) return null;
  const stated = octal(block.subarray(148, 156));
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  if (stated !== sum) throw archiveError(source, `the header at byte ${position} has a wrong checksum`);
  const sizeBytes = octal(block.subarray(124, 136));
  if (sizeBytes === null) throw archiveError(source, `the header at byte ${position} has no size`);
  const isUstar = text(block.subarray(257, 262)) === "ustar";
  // GNU writes times where POSIX has the prefix.
  const isPosix = isUstar && block[262] === 0;
  const prefix = isPosix ? text(block.subarray(345, 500)) : "";
  const name = text(block.subarray(0, 100));
  return { name: prefix ? `${prefix}/${name}` : name, sizeBytes, type: String.fromCharCode(block[156]) };
}

/** Octal digits, or GNU's base 256 where the first bit is set; null where neither is there. */
function octal(bytes: Uint8Array): number | null {
  if (bytes[0] & 0x80) return bytes.subarray(1).reduce((value, byte) => value * 256 + byte, bytes[0] & 0x7f);
  const digits = text(bytes).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

/** Records are "length key=value\n". */
function paxPath(bytes: Uint8Array): string | null {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(new TextDecoder().decode(bytes))?.[1] ?? null;
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
