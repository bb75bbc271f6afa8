/** The parsers of files that anybody may have made, with real files to start from. Adding one: one entry. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expandArchives } from "../formats/archives/expand.ts";
import { fromBytes, type ByteSource } from "../formats/byte-source.ts";
import { readLabels } from "../formats/labels.ts";
import { readNpy, writeNpy } from "../formats/npy.ts";
import { openModelFiles } from "../formats/open-model.ts";
import { openSafetensors } from "../formats/safetensors.ts";
import { writeSafetensors } from "../formats/safetensors-write.ts";
import { readAny } from "../formats/tensor-store.ts";
import { openWeights } from "../formats/weight-formats.ts";
import { readFacts } from "../images/read-facts.ts";
import { unpackWeights } from "../models/packed/index.ts";
import { identifyModel } from "../models/index.ts";
import { tensor } from "../tensor/tensor.ts";
import { exportedProgram, programPayload } from "./exported-program.ts";
import type { FuzzTarget } from "./fuzz.ts";
import { part } from "./golden-models.ts";
import { syntheticVit } from "./synthetic-model.ts";

/** From the root of the project, where tests and tools run. */
function filesIn(folder: string, ending: RegExp): Uint8Array<ArrayBuffer>[] {
  const names = readdirSync(folder).filter((name) => ending.test(name));
  return names.map((name) => new Uint8Array(readFileSync(join(folder, name))));
}

async function readTensors(source: ByteSource): Promise<void> {
  const store = await openWeights(source);
  for (const name of store.names) await readAny(store, name);
}

async function program(): Promise<Uint8Array<ArrayBuffer>> {
  const config = { a: programPayload("weight_0", [2, 3]), b: programPayload("weight_0", [2], { storage_offset: { as_int: 4 } }) };
  const source = exportedProgram(config, { weight_0: new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer) });
  return new Uint8Array(await source.slice(0, source.byteLength));
}

const text = (value: string) => new TextEncoder().encode(value);

export const fuzzTargets: readonly FuzzTarget[] = [
  {
    name: "onnx",
    samples: filesIn("src/models/onnx/goldens", /\.onnx$/),
    // The whole way: wire format, network, graph with its weights.
    async parse(bytes) {
      await identifyModel(await openModelFiles([fromBytes(bytes, "m.onnx")])).build();
    },
  },
  {
    name: "safetensors",
    samples: [
      writeSafetensors(syntheticVit({ imageSize: [8, 8], patchSize: 4, embedDim: 8, depth: 1, mlpDim: 8, numClasses: 3 }).tensors, {
        format: "pt",
      }),
      writeSafetensors({ a: tensor([2, 2], Float32Array.of(1, 2, 3, 4)), b: { dtype: "i32", shape: [3], data: Int32Array.of(1, -2, 3) } }),
    ],
    parse: (bytes) => readTensors(fromBytes(bytes, "m.safetensors")),
  },
  {
    name: "checkpoints",
    // Zips of a pickle and storages, and the older form; those that are refused as they are would only be refused.
    samples: filesIn("src/formats/torch/goldens", /^(state-dict|legacy|module|protocol4|training|script)\.pth?$/),
    parse: (bytes) => readTensors(fromBytes(bytes, "m.pth")),
  },
  {
    name: "exported programs",
    samples: [await program()],
    parse: (bytes) => readTensors(fromBytes(bytes, "m.pt2")),
  },
  {
    name: "arrays",
    samples: filesIn("src/formats/archives/goldens", /\.npz$/),
    parse: (bytes) => readTensors(fromBytes(bytes, "m.npz")),
  },
  {
    name: "archives",
    samples: filesIn("src/formats/archives/goldens", /^(stored|deflated|packed|gnu|pax)\.(zip|tar|tar\.gz)$/),
    async parse(bytes) {
      for (const member of await expandArchives([fromBytes(bytes, "m.zip")])) await member.slice(0, member.byteLength);
    },
  },
  {
    name: "label tables",
    samples: [
      text('filename,label\na.png,3\n"b, c.png",4\nd/e.png,5\n'),
      text("split\timage\tfine\ntest\tphotos/0.jpg\t1\ntest\tphotos/1.jpg\t2\n"),
    ],
    parse: (bytes) => readLabels(fromBytes(bytes, "labels.csv")),
  },
  {
    name: "label lists",
    samples: [text('[{"file":"a.png","label":3},{"file":"b.png","label":4}]'), text('{"a.png":"cat","b.png":"dog"}')],
    parse: (bytes) => readLabels(fromBytes(bytes, "labels.json")),
  },
  {
    name: "packed weights",
    samples: filesIn("src/models/packed/goldens", /\.safetensors$/),
    async parse(bytes) {
      const weights = part(await openSafetensors(fromBytes(bytes, "m.safetensors")), "model/");
      const files = { name: "m", weights, config: { num_attention_heads: 2, model_args: { num_heads: 2 } }, preprocessor: null };
      await identifyModel(await unpackWeights(files)).build();
    },
  },
  {
    name: "npy",
    samples: [writeNpy(tensor([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))), writeNpy(tensor([1], Float32Array.of(0.5)))],
    parse: (bytes) => readNpy(fromBytes(bytes, "a.npy")),
  },
  {
    name: "image headers",
    samples: filesIn("src/images/goldens/decode", /\.(png|jpg|webp|gif|bmp)$/),
    parse: (bytes) => readFacts(bytes, "image"),
  },
];
