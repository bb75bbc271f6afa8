/** config.json and its kin: small JSON objects from strangers. */
import type { ByteSource } from "./byte-source.ts";
import { formatError } from "./error-codes.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { readBytes } from "./read-bytes.ts";
import { refuseOtherKinds, sniff } from "./sniff.ts";
import { sizeText } from "./size-text.ts";

export const maxConfigBytes = 10_000_000;

export async function readConfig(source: ByteSource): Promise<JsonObject> {
  if (source.byteLength > maxConfigBytes) {
    throw formatError(
      "CONFIG_TOO_LARGE",
      `${source.name} has ${sizeText(source.byteLength)}.`,
      `A configuration has ${sizeText(maxConfigBytes)} at most; this is something else.`,
      "Choose the config.json that belongs to the weights, or leave it out.",
    );
  }
  // A pointer, a web page or nothing at all has a better name than "not JSON".
  const kind = await sniff(source);
  if (kind === "empty" || kind === "lfs-pointer" || kind === "html") await refuseOtherKinds(source);
  const text = new TextDecoder().decode(await readBytes(source, 0, source.byteLength));
  let config: Json;
  try {
    config = JSON.parse(text) as Json;
  } catch (error) {
    throw invalid(source, `it is not JSON (${(error as Error).message})`);
  }
  if (!isJsonObject(config)) throw invalid(source, `it is not a JSON object but ${text.trim().slice(0, 40)}`);
  return config;
}

function invalid(source: ByteSource, reason: string) {
  return formatError(
    "CONFIG_INVALID",
    `${source.name} cannot be used.`,
    `Reason: ${reason}.`,
    "Correct it, or leave it out: what it would tell is then inferred or assumed, and shown as such.",
  );
}
