import type { ByteSource } from "../byte-source.ts";
import { expandArchives } from "./expand.ts";

/** Names of pictures, also of kinds that are not decoded: their reader names them. */
export const IMAGE_NAME = /\.(jpe?g|jfif|png|apng|webp|avif|gif|bmp|jxl|heic|heif|tiff?|jp2|j2k|dng|cr2|nef|arw|raf|orf|rw2|dcm|psd|svg)$/i;

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
