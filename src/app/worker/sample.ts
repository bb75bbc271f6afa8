import { fromBytes } from "../../formats/byte-source.ts";
import { openModel, type OpenModel } from "../../runner/open-model.ts";
import { sampleNote } from "../../sample/note.ts";
import { InputError } from "../../tensor/input-error.ts";

export { sampleNote };

/** The bundled model, fetched from beside the page. */
export async function openSampleModel(): Promise<OpenModel> {
  const files = await Promise.all(["model.safetensors", "config.json"].map(fetchSampleFile));
  return openModel(files);
}

async function fetchSampleFile(name: string) {
  const response = await fetch(new URL(`${import.meta.env.BASE_URL}sample/${name}`, pageUrl()));
  if (!response.ok) {
    throw new InputError("SAMPLE_MISSING", {
      what: `The sample's ${name} could not be loaded (${response.status}).`,
      why: "It is a file beside the page.",
      next: "Serve the whole built folder, or drop a model of your own.",
    });
  }
  return fromBytes(new Uint8Array(await response.arrayBuffer()), `sample/${name}`);
}

/** A built worker lies in assets/, one folder below the page; in development its path starts with /src. */
function pageUrl(): string {
  return new URL(import.meta.env.DEV ? "/" : "../", self.location.href).href;
}
