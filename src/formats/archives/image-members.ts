import type { ByteSource } from "../byte-source.ts";
import { expandArchives } from "./expand.ts";

const SYSTEM_FILE = /(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini|__MACOSX\/.*)$/i;

/** Files that may be images or their labels, and the names of what systems leave behind. */
export interface ImageMembers {
  readonly members: readonly ByteSource[];
  readonly ignored: readonly string[];
}

/** Archives are replaced by what is in them. Members are read when they are needed. */
export async function imageMembers(files: readonly ByteSource[]): Promise<ImageMembers> {
  const all = await expandArchives(files);
  const isIgnored = ({ name, byteLength }: ByteSource): boolean => byteLength === 0 || SYSTEM_FILE.test(name);
  return { members: all.filter((file) => !isIgnored(file)), ignored: all.filter(isIgnored).map(({ name }) => name) };
}
