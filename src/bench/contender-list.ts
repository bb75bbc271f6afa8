/** Everything that can be measured, as data. A runtime's code is in contenders/, loaded only when one of its entries runs. */
import { InputError } from "../tensor/input-error.ts";
import type { FloatPrecision } from "../runner/plan.ts";
import type { OnnxFile, OurForm } from "./models/manifest.ts";

export type Place = "browser" | "node";
export type Runtime = "vitrine" | "onnxruntime-web" | "onnxruntime-node" | "transformers";

export interface ContenderInfo {
  readonly id: string;
  readonly runtime: Runtime;
  readonly provider: "webgpu" | "wasm" | "cpu";
  /** What is computed with, in words: "float", "static int8 (QDQ)". */
  readonly precision: string;
  readonly place: readonly Place[];
  /** The npm package it needs; null for ours. */
  readonly package: string | null;
  readonly ours: OurForm | null;
  readonly onnx: OnnxFile | null;
  /** How our float values and weights are stored; f16 needs no feature of the adapter. */
  readonly storage?: FloatPrecision;
}

const PRECISIONS: Readonly<Record<OnnxFile, string>> = {
  float: "float",
  int8: "static int8 (QDQ)",
  int4: "4-bit blocks (MatMulNBits)",
  dynamic: "dynamic int8",
};

const ours = (id: string, precision: string, form: OurForm, storage: FloatPrecision = "f32"): ContenderInfo => ({
  id: `ours-${id}`,
  runtime: "vitrine",
  provider: "webgpu",
  precision,
  place: ["browser", "node"],
  package: null,
  ours: form,
  onnx: null,
  storage,
});

const ort = (place: Place, provider: ContenderInfo["provider"], form: OnnxFile): ContenderInfo => {
  const runtime = place === "browser" ? "onnxruntime-web" : "onnxruntime-node";
  const short = place === "browser" ? "ort-web" : "ort-node";
  return {
    id: `${short}-${provider}-${form}`,
    runtime,
    provider,
    precision: PRECISIONS[form],
    place: [place],
    package: runtime,
    ours: null,
    onnx: form,
  };
};

const transformers = (provider: "webgpu" | "wasm", form: OnnxFile): ContenderInfo => ({
  id: `transformers-${provider}-${form}`,
  runtime: "transformers",
  provider,
  precision: `${PRECISIONS[form]}, its default`,
  place: ["browser"],
  package: "@huggingface/transformers",
  ours: null,
  onnx: form,
});

const FORMS = ["float", "int8", "int4"] as const;

export const contenders: readonly ContenderInfo[] = [
  ours("float", "float", "float"),
  ours("f16", "f16 storage", "float", "f16"),
  ours("w8a8", "W8A8 integers", "w8a8"),
  ours("w4a4", "W4A4 integers", "w4a4"),
  ...FORMS.map((form) => ort("browser", "webgpu", form)),
  ...FORMS.map((form) => ort("browser", "wasm", form)),
  transformers("webgpu", "float"),
  transformers("wasm", "dynamic"),
  ...FORMS.map((form) => ort("node", "cpu", form)),
  ...FORMS.map((form) => ort("node", "webgpu", form)),
];

/** The contenders of a place: all of them for "all", else those named, in the order named. Throws InputError CONTENDER_UNKNOWN. */
export function chooseContenders(names: string, place: Place): ContenderInfo[] {
  const here = contenders.filter((each) => each.place.includes(place));
  if (names === "all") return here;
  return names.split(",").map((name) => contenderNamed(name, here, place));
}

export function contenderNamed(name: string, among: readonly ContenderInfo[] = contenders, place?: Place): ContenderInfo {
  const found = among.find(({ id }) => id === name);
  if (found) return found;
  throw new InputError("CONTENDER_UNKNOWN", {
    what: `There is no contender "${name}"${place === undefined ? "" : place === "node" ? " with --node" : " in a browser"}.`,
    why: `The contenders are ${among.map(({ id }) => id).join(", ")}.`,
    next: "Name some of them with --contenders, or leave it out for all.",
  });
}
