/** What every archive reader refuses, whatever its format. */
import type { ByteSource } from "../byte-source.ts";
import { formatError } from "../error-codes.ts";
import { sizeText } from "../size-text.ts";

export const maxMembers = 200_000;
/** A compressed member is held in memory whole. */
const maxInflatedBytes = 4 * 2 ** 30;
/** Deflate reaches 1032; weights and images never pass 50, so a small archive that grows beyond this is made to exhaust memory. */
const maxRatio = 200;
const ratioMattersFrom = 64 * 2 ** 20;

/** Throws when a member's path leaves the archive's folder or its size is not to be trusted. */
export function checkMember(archive: ByteSource, name: string, sizeBytes: number, storedBytes: number): void {
  if (name === "" || /^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)|\0/i.test(name)) {
    throw archiveError(archive, `the path "${name.slice(0, 80)}" leads out of its folder`);
  }
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes > maxInflatedBytes) {
    throw archiveError(archive, `"${name}" has ${sizeText(sizeBytes)}; at most ${sizeText(maxInflatedBytes)} are read`);
  }
  if (sizeBytes > ratioMattersFrom && sizeBytes > maxRatio * storedBytes) {
    throw archiveError(
      archive,
      `"${name}" grows from ${sizeText(storedBytes)} to ${sizeText(sizeBytes)}, as archives do that exhaust memory`,
    );
  }
}

export function archiveError(archive: ByteSource, reason: string) {
  return formatError(
    "ARCHIVE_INVALID",
    `${archive.name} is an archive that cannot be opened safely.`,
    `Reason: ${reason}.`,
    "Unpack it with a program that you trust, and drop the files that were inside.",
  );
}
