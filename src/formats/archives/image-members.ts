import type { ByteSource } from "../byte-source.ts";
import { expandArchives } from "./expand.ts";

/** The files that may be images or their labels, archives replaced by what is in them, without what systems leave behind. Members are read when they are needed. */
export async function imageMembers(files: readonly ByteSource[]): Promise<readonly ByteSource[]> {
  const members = await expandArchives(files);
  return members.filter(({ name, byteLength }) => byteLength > 0 && !/(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini|__MACOSX\/.*)$/i.test(name));
}
