import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, test } from "vitest";
import { expectCode } from "../../testing/expect-code.ts";
import { decodeOnnxTensor } from "./decode-tensor.ts";
import { onnxTypes, type OnnxModel, type OnnxTensor, type OnnxType } from "./onnx-model.ts";
import { readOnnxModel, readOnnxTensor } from "./read-model.ts";
import { onnxTensor, writeOnnxModel } from "./write-model.ts";

const model: OnnxModel = {
  irVersion: 9,
  producer: "a test",
  opsets: { "": 17, "com.microsoft": 1 },
  metadata: { author: "nobody" },
  graphName: "g",
  nodes: [
    {
      name: "n",
      opType: "Gemm",
      domain: "",
      inputs: ["x", "w", ""],
      outputs: ["y"],
      attributes: { transB: 1, alpha: 0.5, axes: [1, -1], mode: "linear", value: onnxTensor("", "int64", [2], [3, -4]) },
    },
  ],
  initializers: [onnxTensor("w", "float", [1, 2], [1.5, -2])],
  inputs: [{ name: "x", type: "float", dims: ["batch", 2] }],
  outputs: [{ name: "y", type: "float", dims: ["batch", 1] }],
};

test("what is written is read", () => {
  expect(readOnnxModel(writeOnnxModel(model), "m.onnx")).toEqual(model);
});

describe("tensors", () => {
  const cases: readonly (readonly [OnnxType, readonly number[]])[] = [
    ["float", [1.5, -0.25, 3]],
    ["double", [0.1, -2, 1e300]],
    ["int64", [-1, 2 ** 40, 0]],
    ["uint64", [1, 2 ** 40, 0]],
    ["int32", [-5, 2 ** 31 - 1, 0]],
    ["uint32", [5, 2 ** 32 - 1, 0]],
    ["int16", [-32768, 7, 0]],
    ["uint16", [65535, 7, 0]],
    ["int8", [-128, 127, 0]],
    ["uint8", [255, 127, 0]],
    ["bool", [1, 0, 1]],
    ["int4", [-8, 7, -1]],
    ["uint4", [15, 7, 1]],
    ["int2", [-2, 1, -1]],
    ["uint2", [3, 2, 1]],
  ];
  test.each(cases)("%s as raw data", (type, values) => {
    expect([...decodeOnnxTensor(onnxTensor("t", type, [3], values))]).toEqual(values);
  });

  // Bytes by hand: dims 2, the type, then the typed field with the numbers.
  const typed = (code: number, fill: (writer: BinaryWriter) => void): OnnxTensor => {
    const writer = new BinaryWriter().tag(1, WireType.Varint).int64(2).tag(2, WireType.Varint).int32(code);
    fill(writer);
    return readOnnxTensor(writer.finish() as Uint8Array<ArrayBuffer>, "t.pb");
  };
  test("numbers in their typed fields, packed or not", () => {
    const packedFloats = new BinaryWriter().float(0.5).float(-1).finish();
    expect([...decodeOnnxTensor(typed(1, (w) => w.tag(4, WireType.LengthDelimited).bytes(packedFloats)))]).toEqual([0.5, -1]);
    expect([...decodeOnnxTensor(typed(1, (w) => w.tag(4, WireType.Bit32).float(2).tag(4, WireType.Bit32).float(3)))]).toEqual([2, 3]);
    expect([...decodeOnnxTensor(typed(7, (w) => w.tag(7, WireType.Varint).int64(-7).tag(7, WireType.Varint).int64(9)))]).toEqual([-7, 9]);
    // float16 as 16-bit patterns: 0x3c00 is 1, 0xc000 is -2.
    expect([...decodeOnnxTensor(typed(10, (w) => w.tag(5, WireType.Varint).int32(0x3c00).tag(5, WireType.Varint).int32(0xc000)))]).toEqual([
      1, -2,
    ]);
    expect([...decodeOnnxTensor(typed(22, (w) => w.tag(5, WireType.Varint).int32(0x8f)))]).toEqual([-1, -8]);
  });

  test("a tensor with another number of elements than its shape has", async () => {
    await expectCode("ONNX_INVALID", () => decodeOnnxTensor({ ...onnxTensor("t", "float", [2], [1, 2]), dims: [3] }));
    await expectCode("ONNX_INVALID", () => decodeOnnxTensor({ ...onnxTensor("t", "float", [2], [1, 2]), raw: null, numbers: [1] }));
  });
});

describe("broken files", () => {
  const bytes = writeOnnxModel(model);
  const message = (fill: (writer: BinaryWriter) => void) => {
    const writer = new BinaryWriter();
    fill(writer);
    return writer.finish() as Uint8Array<ArrayBuffer>;
  };
  const withTensor = (fill: (writer: BinaryWriter) => void) =>
    message((w) => w.tag(7, WireType.LengthDelimited).bytes(message((g) => g.tag(5, WireType.LengthDelimited).bytes(message(fill)))));

  test.each<readonly [string, Uint8Array<ArrayBuffer>, RegExp]>([
    ["no graph", message((w) => w.tag(1, WireType.Varint).int64(8)), /no graph/],
    ["no operator set", message((w) => w.tag(7, WireType.LengthDelimited).bytes(new Uint8Array())), /no operator set/],
    ["an unknown element type", withTensor((w) => w.tag(2, WireType.Varint).int32(99)), /element type 99/],
    ["a negative size", withTensor((w) => w.tag(1, WireType.Varint).int64(-1).tag(2, WireType.Varint).int32(1)), /shape \[-1\]/],
    [
      "a size that overflows",
      withTensor((w) =>
        w
          .tag(1, WireType.Varint)
          .int64(2 ** 40)
          .tag(1, WireType.Varint)
          .int64(2 ** 40)
          .tag(2, WireType.Varint)
          .int32(1),
      ),
      /too large/,
    ],
    [
      "too many axes",
      withTensor((w) => Array.from({ length: 9 }, () => w.tag(1, WireType.Varint).int64(1)) && w.tag(2, WireType.Varint).int32(1)),
      /9 axes/,
    ],
    ["a group", message((w) => w.tag(3, WireType.StartGroup)), /group/],
    ["a length beyond the end", Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0x07), /EOF/],
  ])("%s", async (_name, broken, rule) => {
    expect((await expectCode("ONNX_INVALID", () => readOnnxModel(broken, "m.onnx"))).why).toMatch(rule);
  });

  test("every truncation is refused or is a shorter sound file, never another error", async () => {
    for (let length = 0; length < bytes.length; length++) {
      try {
        readOnnxModel(bytes.slice(0, length), "m.onnx");
      } catch (error) {
        await expectCode("ONNX_INVALID", () => {
          throw error;
        });
      }
    }
    expect(bytes.length).toBeGreaterThan(100);
  });
});

test("the table of element types holds each number once", () => {
  const codes = Object.values(onnxTypes).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});
