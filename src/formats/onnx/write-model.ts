/**
 * OnnxModel -> bytes of an .onnx file, the reverse of read-model.ts. `numbers` are written as raw data of their type, so that files are as small as
 * they can be and every reader takes them.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { elementCount, type Shape } from "../../tensor/tensor.ts";
import {
  isOnnxTensor,
  onnxTypes,
  type OnnxAttribute,
  type OnnxFunction,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxType,
  type OnnxValueInfo,
} from "./onnx-model.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export function writeOnnxModel(model: OnnxModel): Bytes {
  return message((writer) => {
    writer.tag(1, WireType.Varint).int64(model.irVersion);
    writer.tag(2, WireType.LengthDelimited).string(model.producer);
    writer.tag(7, WireType.LengthDelimited).bytes(graphBytes(model));
    for (const opset of opsetBytes(model.opsets)) writer.tag(8, WireType.LengthDelimited).bytes(opset);
    for (const [key, value] of Object.entries(model.metadata)) writer.tag(14, WireType.LengthDelimited).bytes(entryBytes(key, value));
    for (const definition of model.functions ?? []) writer.tag(25, WireType.LengthDelimited).bytes(functionBytes(definition));
  });
}

function functionBytes({ name, domain, inputs, outputs, attributes, nodes, opsets }: OnnxFunction): Bytes {
  return message((writer) => {
    writer.tag(1, WireType.LengthDelimited).string(name);
    for (const input of inputs) writer.tag(4, WireType.LengthDelimited).string(input);
    for (const output of outputs) writer.tag(5, WireType.LengthDelimited).string(output);
    for (const attribute of attributes) writer.tag(6, WireType.LengthDelimited).string(attribute);
    for (const node of nodes) writer.tag(7, WireType.LengthDelimited).bytes(nodeBytes(node));
    for (const opset of opsetBytes(opsets)) writer.tag(9, WireType.LengthDelimited).bytes(opset);
    writer.tag(10, WireType.LengthDelimited).string(domain);
  });
}

function opsetBytes(opsets: Readonly<Record<string, number>>): Bytes[] {
  return Object.entries(opsets).map(([domain, version]) =>
    message((writer) => {
      writer.tag(1, WireType.LengthDelimited).string(domain);
      writer.tag(2, WireType.Varint).int64(version);
    }),
  );
}

/** A tensor whose elements are given as numbers; int4 and uint4 are packed two to a byte, int2 and uint2 four. */
export function onnxTensor(name: string, type: OnnxType, dims: Shape, values: ArrayLike<number>): OnnxTensor {
  if (values.length !== elementCount(dims)) throw new Error(`internal: ${name} [${dims.join(",")}] got ${values.length} elements`);
  return { name, type, dims, raw: rawBytes(type, values), numbers: null, external: null };
}

function graphBytes(model: OnnxModel): Bytes {
  return message((writer) => {
    for (const node of model.nodes) writer.tag(1, WireType.LengthDelimited).bytes(nodeBytes(node));
    writer.tag(2, WireType.LengthDelimited).string(model.graphName);
    for (const tensor of model.initializers) writer.tag(5, WireType.LengthDelimited).bytes(tensorBytes(tensor));
    for (const input of model.inputs) writer.tag(11, WireType.LengthDelimited).bytes(valueInfoBytes(input));
    for (const output of model.outputs) writer.tag(12, WireType.LengthDelimited).bytes(valueInfoBytes(output));
  });
}

function nodeBytes(node: OnnxNode): Bytes {
  return message((writer) => {
    for (const input of node.inputs) writer.tag(1, WireType.LengthDelimited).string(input);
    for (const output of node.outputs) writer.tag(2, WireType.LengthDelimited).string(output);
    if (node.name !== "") writer.tag(3, WireType.LengthDelimited).string(node.name);
    writer.tag(4, WireType.LengthDelimited).string(node.opType);
    for (const [name, value] of Object.entries(node.attributes)) {
      writer.tag(5, WireType.LengthDelimited).bytes(attributeBytes(name, value));
    }
    if (node.domain !== "") writer.tag(7, WireType.LengthDelimited).string(node.domain);
  });
}

/** Whether a number is an int or a float is told by its name: ONNX has few float attributes. */
const floatAttributes = new Set(["epsilon", "alpha", "beta", "scale", "softcap", "value_float"]);

function attributeBytes(name: string, value: OnnxAttribute): Bytes {
  return message((writer) => {
    writer.tag(1, WireType.LengthDelimited).string(name);
    const kind = (code: number) => writer.tag(20, WireType.Varint).int32(code);
    if (typeof value === "number") {
      if (floatAttributes.has(name)) {
        writer.tag(2, WireType.Bit32).float(value);
        kind(1);
      } else {
        writer.tag(3, WireType.Varint).int64(value);
        kind(2);
      }
    } else if (typeof value === "string") {
      writer.tag(4, WireType.LengthDelimited).string(value);
      kind(3);
    } else if (isOnnxTensor(value)) {
      writer.tag(5, WireType.LengthDelimited).bytes(tensorBytes(value));
      kind(4);
    } else if (Array.isArray(value)) {
      const numbers = value as readonly number[];
      for (const number of numbers) writer.tag(8, WireType.Varint).int64(number);
      kind(7);
    } else throw new Error(`internal: attribute ${name} is of no kind that is written`);
  });
}

function tensorBytes({ name, type, dims, raw, numbers, external }: OnnxTensor): Bytes {
  return message((writer) => {
    for (const size of dims) writer.tag(1, WireType.Varint).int64(size);
    writer.tag(2, WireType.Varint).int32(onnxTypes[type].code);
    if (name !== "") writer.tag(8, WireType.LengthDelimited).string(name);
    if (external) {
      const { location, offset, length } = external;
      const entries = { location, offset: String(offset), ...(length === null ? {} : { length: String(length) }) };
      for (const [key, value] of Object.entries(entries)) writer.tag(13, WireType.LengthDelimited).bytes(entryBytes(key, value));
      writer.tag(14, WireType.Varint).int32(1);
    } else writer.tag(9, WireType.LengthDelimited).bytes(raw ?? rawBytes(type, numbers ?? []));
  });
}

function valueInfoBytes({ name, type, dims }: OnnxValueInfo): Bytes {
  const shape = message((writer) => {
    for (const size of dims ?? []) {
      const dimension = message((inner) =>
        typeof size === "number" ? inner.tag(1, WireType.Varint).int64(size) : inner.tag(2, WireType.LengthDelimited).string(size),
      );
      writer.tag(1, WireType.LengthDelimited).bytes(dimension);
    }
  });
  const tensorType = message((writer) => {
    writer.tag(1, WireType.Varint).int32(onnxTypes[type ?? "float"].code);
    if (dims) writer.tag(2, WireType.LengthDelimited).bytes(shape);
  });
  return message((writer) => {
    writer.tag(1, WireType.LengthDelimited).string(name);
    writer.tag(2, WireType.LengthDelimited).bytes(message((inner) => inner.tag(1, WireType.LengthDelimited).bytes(tensorType)));
  });
}

function entryBytes(key: string, value: string): Bytes {
  return message((writer) => {
    writer.tag(1, WireType.LengthDelimited).string(key);
    writer.tag(2, WireType.LengthDelimited).string(value);
  });
}

function rawBytes(type: OnnxType, values: ArrayLike<number>): Bytes {
  const bytesOf = (array: { readonly buffer: ArrayBuffer }) => new Uint8Array(array.buffer);
  switch (type) {
    case "float":
      return bytesOf(Float32Array.from(values));
    case "double":
      return bytesOf(Float64Array.from(values));
    case "int32":
      return bytesOf(Int32Array.from(values));
    case "uint32":
      return bytesOf(Uint32Array.from(values));
    case "int64":
      return bytesOf(BigInt64Array.from(Array.from(values, BigInt)));
    case "uint64":
      return bytesOf(BigUint64Array.from(Array.from(values, BigInt)));
    case "int16":
    case "uint16":
      return bytesOf(Uint16Array.from(values));
    case "int8":
    case "uint8":
    case "bool":
      return Uint8Array.from(values);
    case "uint4":
    case "int4":
      return packed(values, 4);
    case "uint2":
    case "int2":
      return packed(values, 2);
    case "float16":
    case "bfloat16":
      throw new Error(`internal: ${type} tensors are not written`);
  }
}

function packed(values: ArrayLike<number>, bits: 2 | 4): Bytes {
  const perByte = 8 / bits;
  const bytes = new Uint8Array(Math.ceil(values.length / perByte));
  for (let i = 0; i < values.length; i++) bytes[Math.floor(i / perByte)] |= (values[i] & (2 ** bits - 1)) << (bits * (i % perByte));
  return bytes;
}

function message(fill: (writer: BinaryWriter) => void): Bytes {
  const writer = new BinaryWriter();
  fill(writer);
  return writer.finish() as Bytes;
}
