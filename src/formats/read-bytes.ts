/** Reading a range that must be there: the two ways in which it can fail become InputErrors. */
import { InputError } from "../tensor/input-error.ts";
import type { ByteSource } from "./byte-source.ts";
import { formatError } from "./error-codes.ts";
import { percentText, sizeText } from "./size-text.ts";

/** The bytes of [start, end), exactly. */
export async function readBytes(source: ByteSource, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  if (end > source.byteLength) throw truncated(source, end);
  const bytes = await sliceOrRefuse(source, start, end);
  // A file can shrink between the moment it was chosen and the moment it is read.
  if (bytes.byteLength !== end - start) throw truncated({ name: source.name, byteLength: start + bytes.byteLength }, end);
  return bytes;
}

export function truncated(source: Pick<ByteSource, "name" | "byteLength">, neededBytes: number): InputError {
  const have = sizeText(source.byteLength);
  return formatError(
    "TRUNCATED",
    `${source.name} ends at ${percentText(source.byteLength, neededBytes)} of its contents.`,
    `It needs ${sizeText(neededBytes)} (${neededBytes} bytes) and has ${have} (${source.byteLength} bytes), as after an interrupted download.`,
    "Download it again, and compare its size with the one shown on the model's page.",
  );
}

async function sliceOrRefuse(source: ByteSource, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await source.slice(start, end);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw formatError(
      "FILE_UNREADABLE",
      `${source.name} could not be read.`,
      `The system says: ${reason}`,
      "If the file was moved, replaced or is on a drive that went away, choose it again.",
    );
  }
}
