/** A command line's surroundings in memory: a synthetic model of one block and four images, no GPU. */
import { fromBytes, type ByteSource } from "../formats/byte-source.ts";
import { writeSafetensors } from "../formats/safetensors-write.ts";
import { openModel } from "../runner/open-model.ts";
import { createTunings, memoryStore } from "../runner/tune/tune-store.ts";
import { InputError } from "../tensor/input-error.ts";
import { randomPixels } from "./random-vit.ts";
import { modelSources, syntheticVit } from "./synthetic-model.ts";

/** What is written can be opened; files may be put in by hand. */
export async function memoryHost() {
  const model = modelSources(syntheticVit({ numClasses: 5, depth: 1 }));
  const { card } = await openModel(model);
  const files: Record<string, readonly ByteSource[]> = {
    model,
    images: [fromBytes(writeSafetensors({ inputs: randomPixels(4, card.config.imageSize[0], 7) }), "images.safetensors")],
  };
  const none = () => Promise.reject(new Error("internal: not in this test"));
  const write = (path: string, bytes: Uint8Array<ArrayBuffer>) => {
    files[path] = [fromBytes(bytes, path)];
    return Promise.resolve();
  };
  const open = (path: string) => (files[path] ? Promise.resolve(files[path]) : Promise.reject(fileNotFound(path)));
  return { files, runtime: "test", job: {}, open, write, gpu: none, tunings: createTunings(memoryStore()), decode: none };
}

function fileNotFound(path: string): InputError {
  return new InputError("FILE_NOT_FOUND", { what: `There is no ${path}.`, why: "Nobody wrote it.", next: "Write it." });
}

export function textFile(value: string): readonly ByteSource[] {
  return [fromBytes(new TextEncoder().encode(value), "text.json")];
}
