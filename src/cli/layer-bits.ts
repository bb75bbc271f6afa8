/** Bits by layer as a JSON file: { "blocks.0.mlp.fc1": { "weights": 3, "activations": 4 }, ... }. What it does not name keeps the model's bits. */
import type { LayerBits } from "../quant/bits.ts";
import { layerBitsSchema } from "../runner/package-schema.ts";
import { InputError } from "../tensor/input-error.ts";
import type { Host, Options, OptionSpec } from "./host.ts";
import { single } from "./image-inputs.ts";

export const layerBitsOption: OptionSpec = { value: "FILE", help: "JSON with bits of single layers, instead of the recipe's own choice" };

/** Undefined without the option. Whether the layers exist is checked by calibration. */
export async function readLayerBits(host: Host, options: Options): Promise<LayerBits | undefined> {
  const path = options["layer-bits"];
  if (path === undefined) return undefined;
  const file = await single(host, path);
  const text = new TextDecoder().decode(await file.slice(0, file.byteLength));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(path, `It is not JSON (${(error as Error).message}).`);
  }
  const parsed = layerBitsSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [{ path: place, message }] = parsed.error.issues;
  throw invalid(path, `${place.join(".") || "The whole"}: ${message}.`);
}

function invalid(path: string, why: string): InputError {
  return new InputError("LAYER_BITS_INVALID", {
    what: `"${path}" does not say which bits layers have.`,
    why,
    next: 'Write {"head": {"weights": 8, "activations": 8}}, or what `quantize` prints as request.layerBits.',
  });
}
