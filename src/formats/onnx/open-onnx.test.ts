import { expect, test } from "vitest";
import { expectCode } from "../../testing/expect-code.ts";
import { fromBytes, type ByteSource } from "../byte-source.ts";
import { openModelFiles } from "../open-model.ts";
import { writeSafetensors } from "../safetensors-write.ts";
import { openOnnx, onnxTensors } from "./open-onnx.ts";
import type { ExternalData, OnnxModel } from "./onnx-model.ts";
import { onnxTensor, writeOnnxModel } from "./write-model.ts";

const withExternal = (external: ExternalData, name = "m.onnx"): ByteSource => {
  const model: OnnxModel = {
    irVersion: 8,
    producer: "a test",
    opsets: { "": 17 },
    metadata: {},
    graphName: "g",
    nodes: [],
    initializers: [onnxTensor("a", "float", [1], [7]), { name: "w", type: "float", dims: [2], raw: null, numbers: null, external }],
    inputs: [],
    outputs: [],
  };
  return fromBytes(writeOnnxModel(model), name);
};
const data = (name: string) => fromBytes(new Uint8Array(Float32Array.of(0, 1, 2, 3).buffer), name);

test("tensors are read from the file that they name, at their place", async () => {
  const source = withExternal({ location: "./parts/m.data", offset: 4, length: 8 }, "deit/m.onnx");
  const file = await openOnnx(source, [data("other.data"), data("deit/parts/m.data")]);
  const store = onnxTensors(file);
  expect(store.names).toEqual(["a", "w"]);
  expect([...(await store.read("w")).data]).toEqual([1, 2]);
  expect([...(await store.read("a")).data]).toEqual([7]);
  expect(store.sizeBytes).toBe(12);
});

test("a data file that was dropped without its folder serves when no other has its name", async () => {
  const files = await openModelFiles([withExternal({ location: "m.onnx_data", offset: 0, length: null }), data("elsewhere/m.onnx_data")]);
  expect([...(await files.weights.read("w")).data]).toEqual([0, 1]);
});

test("a missing data file is asked for by name", async () => {
  const error = await expectCode("ONNX_DATA_MISSING", () => openOnnx(withExternal({ location: "m.onnx_data", offset: 0, length: 8 }), []));
  expect(error.message).toContain("m.onnx_data");
});

test.each([
  "../m.data",
  "a/../../m.data",
  "/etc/passwd",
  "C:\\m.data",
  "a\\b",
  "\\\\host\\share",
  "a//b",
  "https://host/m.data",
  "m\0.data",
])("the path %j is refused, also when such a file was given", async (location) => {
  await expectCode("ONNX_DATA_PATH", () =>
    openOnnx(withExternal({ location, offset: 0, length: 8 }), [data(location), data("m.data"), data("passwd")]),
  );
});

test.each([
  ["a length that does not fit the shape", { offset: 0, length: 12 }, "ONNX_INVALID"],
  ["a place beyond the end", { offset: 12, length: 8 }, "TRUNCATED"],
])("%s", async (_name, place, code) => {
  await expectCode(code, () => openOnnx(withExternal({ location: "m.data", ...place }), [data("m.data")]));
});

test("weights of the same folder come first, of several networks one must be chosen, and a wrong ending is no obstacle", async () => {
  const network = (name: string) => withExternal({ location: "m.data", offset: 4, length: 8 }, name);
  const weights = fromBytes(writeSafetensors({ b: { dtype: "f32", shape: [1], data: Float32Array.of(9) } }), "m.safetensors");
  const beside = await openModelFiles([network("m.onnx"), data("m.data"), weights]);
  expect([beside.weights.names, beside.onnx]).toEqual([["b"], undefined]);
  await expectCode("SEVERAL_MODELS", () => openModelFiles([network("a.onnx"), network("b.onnx"), data("m.data")]));
  const renamed = await openModelFiles([network("a"), data("m.data")]);
  expect(renamed.onnx?.model.graphName).toBe("g");
  expect([...(await renamed.weights.read("w")).data]).toEqual([1, 2]);
});

test("a single file beyond 2 GiB is refused before it is read", async () => {
  const huge = { name: "vit-g.onnx", byteLength: 2 ** 31 + 1, slice: () => Promise.reject(new Error("must not be read")) };
  const error = await expectCode("ONNX_TOO_LARGE", () => openOnnx(huge, []));
  expect(error.what).toBe("vit-g.onnx has 2.1 GB.");
  expect(error.next).toContain("save_as_external_data=True");
});
