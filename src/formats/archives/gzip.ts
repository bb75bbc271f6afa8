/** Gzip in memory: what a .tar.gz is before it is a tar. */
import { fromBytes, type ByteSource } from "../byte-source.ts";
import { readBytes } from "../read-bytes.ts";
import { archiveError, checkMember } from "./limits.ts";

const CHUNK = 4 * 2 ** 20;

/** The unpacked file, without its ending ".gz" or ".tgz" made ".tar". */
export async function gunzip(source: ByteSource): Promise<ByteSource> {
  const name = source.name.replace(/\.tgz$/i, ".tar").replace(/\.gz$/i, "");
  let position = 0;
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (position >= source.byteLength) return controller.close();
      const end = Math.min(position + CHUNK, source.byteLength);
      controller.enqueue(await readBytes(source, position, end));
      position = end;
    },
  });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let sizeBytes = 0;
  const reader = packed.pipeThrough(new DecompressionStream("gzip")).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw archiveError(source, `it does not inflate (${error instanceof Error ? error.message : String(error)})`);
    });
    if (done) break;
    parts.push(value);
    sizeBytes += value.length;
    checkMember(source, name, sizeBytes, source.byteLength);
  }
  return fromBytes(new Uint8Array(await new Blob(parts).arrayBuffer()), name);
}
