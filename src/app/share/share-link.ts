/** A view as a link: recipe, place and digests, never weights or pixels. `#v1=` and base64url of deflated JSON. */
import { z } from "zod";
import type { QuantizeRequest } from "../../runner/comparison.ts";
import { withLayerBits } from "../../quant/rules/set-bits.ts";
import { rulesSchema } from "../../runner/rules/recipe-document.ts";
import { InputError } from "../../tensor/input-error.ts";
import { PREFIX } from "./share-hash.ts";
import { PANEL_NAMES } from "../store/view-slice.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/).nullable(); // prettier-ignore
const bits = z.number().int().min(2).max(8);
const shared = z.object({
  controls: z.object({
    recipe: z.string().min(1).max(60),
    weightBits: bits,
    activationBits: bits,
    attentionBits: bits.optional(),
    rules: rulesSchema.optional(),
    /** Of links made before there were rules. */
    layerBits: z.record(z.string().max(200), z.object({ weights: bits.optional(), activations: bits.optional() })).optional(),
    levels: z.enum(["strict", "as-published"]),
  }),
  view: z.object({
    panel: z.enum(PANEL_NAMES),
    side: z.enum(["main", "baseline"]),
    filter: z.enum(["all", "flip", "rescued", "near-tie"]),
    /** The recipe beside it; links of earlier versions do not say it. */
    versus: z.string().min(1).max(60).optional(),
  }),
  model: z.object({ name: z.string().max(300), isSample: z.boolean(), weights: digest }).nullable(),
  images: z.object({ calibration: z.number().int(), evaluation: z.number().int(), digest }).nullable(),
  /** Instead of the model's own, as `printPreprocessing` writes it. */
  preprocessing: z.string().min(1).max(300).optional(),
  rule: z
    .object({
      order: z.enum(["given", "shuffled"]),
      seed: z.number().int(),
      calibrationCount: z.number().int().min(1).max(100_000),
      evaluationCount: z.number().int().min(1).max(100_000),
      unusual: z.literal("use").exactOptional(),
    })
    .nullable(),
});

export type SharedView = z.infer<typeof shared>;

/** Longer links are cut by programs that pass them on. */
export const LONGEST_LINK = 8000;
/** A few bytes can inflate to gigabytes. */
const MOST_BYTES = 1_000_000;

/** The hash of a link; null when it would be too long to pass on. */
export async function encodeShare(view: SharedView): Promise<string | null> {
  const bytes = await through(new TextEncoder().encode(JSON.stringify(view)), new CompressionStream("deflate-raw"));
  const hash = PREFIX + toBase64Url(bytes);
  return hash.length > LONGEST_LINK ? null : hash;
}

/** Throws SHARE_LINK_INVALID for anything that `encodeShare` would not have made. */
export async function decodeShare(hash: string): Promise<SharedView> {
  try {
    const bytes = fromBase64Url(hash.slice(PREFIX.length));
    const json = new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
    return shared.parse(JSON.parse(json));
  } catch (error) {
    throw new InputError("SHARE_LINK_INVALID", {
      what: "This link does not lead to a view.",
      why:
        error instanceof z.ZodError
          ? `At ${error.issues[0]?.path.join(".") ?? ""}: ${error.issues[0]?.message ?? ""}`
          : "It is cut off or damaged.",
      next: "Copy the whole link again, or start without it.",
    });
  }
}

/** What the next run is to be made with. */
export function controlsOf({ controls: { layerBits, rules = [], ...controls } }: SharedView): QuantizeRequest {
  const all = layerBits === undefined ? rules : withLayerBits(rules, layerBits);
  return all.length === 0 ? controls : { ...controls, rules: all };
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  transform: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(transform).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.byteLength;
    if (size > MOST_BYTES) throw new Error("too long");
    chunks.push(read.value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
