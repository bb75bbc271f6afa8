import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { fromBytes, type ByteSource } from "../formats/byte-source.ts";

/** Members of a .npz (a zip of .npy files), by name without ending. Test files are trusted: sizes come from the central directory as they stand. */
export function readNpz(path: string | URL): ReadonlyMap<string, ByteSource> {
  const file = readFileSync(path);
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const members = new Map<string, ByteSource>();
  let at = file.readUInt32LE(end + 16);
  for (let i = 0; i < file.readUInt16LE(end + 10); i++) {
    const [method, packed] = [file.readUInt16LE(at + 10), file.readUInt32LE(at + 20)];
    const [nameLength, extra, comment, local] = [28, 30, 32].map((o) => file.readUInt16LE(at + o)).concat(file.readUInt32LE(at + 42));
    const name = file.toString("utf8", at + 46, at + 46 + nameLength);
    const start = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const data = file.subarray(start, start + packed);
    members.set(name.replace(/\.npy$/, ""), fromBytes(new Uint8Array(method === 0 ? data : inflateRawSync(data)), name));
    at += 46 + nameLength + extra + comment;
  }
  return members;
}

export function memberOf(members: ReadonlyMap<string, ByteSource>, name: string): ByteSource {
  const member = members.get(name);
  if (!member) throw new Error(`no member ${name} among ${[...members.keys()].join(", ")}`);
  return member;
}
