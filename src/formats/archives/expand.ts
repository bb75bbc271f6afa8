/** Archives among the given files, replaced by what is in them: folders packed as zip, tar or tar.gz open like folders. */
import type { ByteSource } from "../byte-source.ts";
import { sniff } from "../sniff.ts";
import { gunzip } from "./gzip.ts";
import { openTar } from "./tar.ts";
import { openZip } from "./zip.ts";

const maybeArchive = /\.(zip|tar|tgz|gz)$/i;

/** One level deep: an archive inside an archive stays what it is. Members are named "archive/path". */
export async function expandArchives(sources: readonly ByteSource[]): Promise<readonly ByteSource[]> {
  const expanded = await Promise.all(sources.map(async (source) => (maybeArchive.test(source.name) ? open(source) : [source])));
  return expanded.flat();
}

async function open(source: ByteSource): Promise<readonly ByteSource[]> {
  const kind = await sniff(source);
  const folder = source.name.replace(maybeArchive, "").replace(/\.tar$/i, "");
  const named = (files: readonly ByteSource[]) => files.map((file) => ({ ...file, name: `${folder}/${file.name}` }));
  if (kind === "zip") return named(await openZip(source));
  if (kind === "tar") return named(await openTar(source));
  if (kind !== "gzip") return [source];
  const unpacked = await gunzip(source);
  return (await sniff(unpacked)) === "tar" ? named(await openTar(unpacked)) : [unpacked];
}
