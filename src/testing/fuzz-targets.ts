/** The parsers of files that anybody may have made, with real files to start from. Adding one: one entry. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBytes } from "../formats/byte-source.ts";
import { readNpy, writeNpy } from "../formats/npy.ts";
import { openModelFiles } from "../formats/open-model.ts";
import { openSafetensors } from "../formats/safetensors.ts";
import { writeSafetensors } from "../formats/safetensors-write.ts";
import { readAny } from "../formats/tensor-store.ts";
import { readFacts } from "../images/read-facts.ts";
import { unpackWeights } from "../models/packed/index.ts";
import { identifyModel } from "../models/index.ts";
import { tensor } from "../tensor/tensor.ts";
import type { FuzzTarget } from "./fuzz.ts";
import { part } from "./golden-models.ts";
import { syntheticVit } from "./synthetic-model.ts";

/** From the root of the project, where tests and tools run. */
function filesIn(folder: string, ending: RegExp): Uint8Array<ArrayBuffer>[] {
  const names = readdirSync(folder).filter((name) => ending.test(name));
  return names.map((name) => new Uint8Array(readFileSync(join(folder, name))));
}

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
    async parse(bytes) {
      const store = await openSafetensors(fromBytes(bytes, "m.safetensors"));
      for (const name of store.names) await readAny(store, name);
    },
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
