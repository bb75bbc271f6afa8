/**
 * An ONNX model as data, and its bytes: the few protobuf messages that a Vision Transformer needs.
 * Field numbers are those of onnx.proto3 (github.com/onnx/onnx), named beside each.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** onnx.TensorProto.DataType */
const DATA_TYPES = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;

export interface OnnxTensor {
  readonly name: string;
  readonly type: keyof typeof DATA_TYPES;
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;
}

/** Whole numbers are written as INT, `{ float }` as FLOAT, text as STRING, arrays as INTS. */
export type OnnxAttribute = number | string | { readonly float: number } | readonly number[];

export interface OnnxNode {
  readonly op: string;
  /** "" (the default) is ONNX's own set of operators. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  /** The first output's name is the node's as well. */
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A float value and its shape; text stands for an axis whose size is open, and the same text for the same size. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  readonly name: string;
  readonly input: OnnxValue;
  readonly output: OnnxValue;
  /** Shapes of values in between that a reader could not derive. */
  readonly values: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  /** Domain -> version. */
  readonly opsets: Readonly<Record<string, number>>;
}

/** Opset 20 came with ONNX 1.15, whose files say 9. */
const IR_VERSION = 9;
const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, ints: 7 };

/** The bytes of a .onnx file. Protobuf allows 2 GiB; larger models would need external data, which is not written. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(IR_VERSION);
  writer.tag(2, WireType.LengthDelimited).string("vitrine");
  writer.tag(7, WireType.LengthDelimited).fork();
  writeGraph(writer, model);
  writer.join();
  for (const [domain, version] of Object.entries(model.opsets)) {
    writer.tag(8, WireType.LengthDelimited).fork(); // opset_import
    writer.tag(1, WireType.LengthDelimited).string(domain);
    writer.tag(2, WireType.Varint).int64(version).join();
  }
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, { name, nodes, initializers, input, output, values }: OnnxModel): void {
  for (const node of nodes) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writeNode(writer, node);
    writer.join();
  }
  writer.tag(2, WireType.LengthDelimited).string(name);
  for (const { name: tensorName, type, shape, data } of initializers) {
    writer.tag(5, WireType.LengthDelimited).fork();
    for (const size of shape) writer.tag(1, WireType.Varint).int64(size); // dims
    writer.tag(2, WireType.Varint).int32(DATA_TYPES[type]);
    writer.tag(8, WireType.LengthDelimited).string(tensorName);
    writer.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)); // raw_data
    writer.join();
  }
  writeValue(writer, 11, input);
  writeValue(writer, 12, output);
  for (const value of values) writeValue(writer, 13, value); // value_info
}

function writeNode(writer: BinaryWriter, { op, domain = "", inputs, outputs, attributes = {} }: OnnxNode): void {
  for (const input of inputs) writer.tag(1, WireType.LengthDelimited).string(input);
  for (const output of outputs) writer.tag(2, WireType.LengthDelimited).string(output);
  writer.tag(3, WireType.LengthDelimited).string(outputs[0]);
  writer.tag(4, WireType.LengthDelimited).string(op);
  for (const [name, value] of Object.entries(attributes)) {
    writer.tag(5, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(name);
    if (typeof value === "number") {
      writer.tag(3, WireType.Varint).int64(value);
      writer.tag(20, WireType.Varint).int32(ATTRIBUTE_TYPES.int);
    } else if (typeof value === "string") {
      writer.tag(4, WireType.LengthDelimited).string(value); // bytes, which are laid out as a string is
      writer.tag(20, WireType.Varint).int32(ATTRIBUTE_TYPES.string);
    } else if ("float" in value) {
      writer.tag(2, WireType.Bit32).float(value.float);
      writer.tag(20, WireType.Varint).int32(ATTRIBUTE_TYPES.float);
    } else {
      for (const each of value) writer.tag(8, WireType.Varint).int64(each);
      writer.tag(20, WireType.Varint).int32(ATTRIBUTE_TYPES.ints);
    }
    writer.join();
  }
  if (domain !== "") writer.tag(7, WireType.LengthDelimited).string(domain);
}

/** ValueInfoProto { name, type { tensor_type { elem_type, shape { dim ... } } } } */
function writeValue(writer: BinaryWriter, field: number, { name, shape }: OnnxValue): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string(name);
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.Varint).int32(DATA_TYPES.float);
  writer.tag(2, WireType.LengthDelimited).fork();
  for (const size of shape) {
    writer.tag(1, WireType.LengthDelimited).fork(); // dim
    if (typeof size === "string") writer.tag(2, WireType.LengthDelimited).string(size);
    else writer.tag(1, WireType.Varint).int64(size);
    writer.join();
  }
  writer.join().join().join().join();
}
