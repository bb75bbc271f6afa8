/**
 * Bytes of an .onnx file -> OnnxModel. The wire format is protobuf's; the few messages are walked by hand, one function each.
 * Every count is bounded by the bytes that are there, nesting by the functions themselves (subgraphs are not entered), so that a hostile file costs
 * at most a small multiple of its size.
 */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import type { InputError } from "../../tensor/input-error.ts";
import { formatError } from "../error-codes.ts";
import type { ExternalData, OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxType, OnnxValueInfo } from "./onnx-model.ts";
import { onnxTypeOf } from "./onnx-model.ts";

/** Nodes and tensors of one graph; a ViT-G has some 3,000. */
const MAX_ENTRIES = 200_000;
const MAX_RANK = 8;

type Bytes = Uint8Array<ArrayBuffer>;
type Fields = (field: number, wire: WireType, reader: BinaryReader) => boolean;

/** Throws InputError ONNX_INVALID with the rule that the file breaks. `name` is the file's, for the message. */
export function readOnnxModel(bytes: Bytes, name: string): OnnxModel {
  try {
    return readModel(bytes);
  } catch (error) {
    throw toInputError(error, name);
  }
}

/** A TensorProto that is a file of its own (test vectors). */
export function readOnnxTensor(bytes: Bytes, name: string): OnnxTensor {
  try {
    return readTensor(bytes);
  } catch (error) {
    throw toInputError(error, name);
  }
}

class Broken extends Error {}

function toInputError(error: unknown, name: string): InputError | Error {
  // Broken is ours; RangeError, Error("invalid ...") are what the wire reader throws on truncated or senseless bytes.
  if (!(error instanceof Error)) return new Error("internal: something else than an error was thrown");
  return formatError(
    "ONNX_INVALID",
    `${name} is not a sound ONNX model.`,
    `Reading it fails: ${error.message}.`,
    "Export or download it again, and check it with `python -m onnx.checker` if it is your own.",
  );
}

function readModel(bytes: Bytes): OnnxModel {
  let irVersion = 0;
  let producer = "";
  let graph: ReturnType<typeof readGraph> | null = null;
  const opsets: Record<string, number> = Object.create(null) as Record<string, number>;
  const metadata: Record<string, string> = Object.create(null) as Record<string, string>;
  walk(bytes, (field, wire, reader) => {
    if (field === 1 && wire === WireType.Varint) irVersion = integer(reader);
    else if (field === 2 && isBlock(wire)) producer = text(reader);
    else if (field === 7 && isBlock(wire)) {
      if (graph) throw new Broken("it holds two graphs");
      graph = readGraph(block(reader));
    } else if (field === 8 && isBlock(wire)) {
      const [domain, version] = readOpset(block(reader));
      opsets[domain] = version;
    } else if (field === 14 && isBlock(wire)) {
      const [key, value] = readEntry(block(reader));
      metadata[key] = value;
    } else return false;
    return true;
  });
  if (!graph) throw new Broken("it holds no graph");
  if (Object.keys(opsets).length === 0) throw new Broken("it states no operator set");
  return { irVersion, producer, opsets, metadata, ...(graph as ReturnType<typeof readGraph>) };
}

function readGraph(bytes: Bytes) {
  const graph = {
    graphName: "",
    nodes: [] as OnnxNode[],
    initializers: [] as OnnxTensor[],
    inputs: [] as OnnxValueInfo[],
    outputs: [] as OnnxValueInfo[],
  };
  walk(bytes, (field, wire, reader) => {
    if (!isBlock(wire)) return false;
    if (field === 1) push(graph.nodes, readNode(block(reader)));
    else if (field === 2) graph.graphName = text(reader);
    else if (field === 5) push(graph.initializers, readTensor(block(reader)));
    else if (field === 11) push(graph.inputs, readValueInfo(block(reader)));
    else if (field === 12) push(graph.outputs, readValueInfo(block(reader)));
    else if (field === 15) throw new Broken("it holds sparse tensors, which are not read");
    else return false;
    return true;
  });
  return graph;
}

function readNode(bytes: Bytes): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Record<string, OnnxAttribute> = Object.create(null) as Record<string, OnnxAttribute>;
  let name = "";
  let opType = "";
  let domain = "";
  walk(bytes, (field, wire, reader) => {
    if (!isBlock(wire)) return false;
    if (field === 1) push(inputs, text(reader));
    else if (field === 2) push(outputs, text(reader));
    else if (field === 3) name = text(reader);
    else if (field === 4) opType = text(reader);
    else if (field === 5) {
      const [key, value] = readAttribute(block(reader));
      attributes[key] = value;
    } else if (field === 7) domain = text(reader);
    else return false;
    return true;
  });
  if (opType === "") throw new Broken(`a node ("${name}") has no operator`);
  return { name, opType, domain: domain === "ai.onnx" ? "" : domain, inputs, outputs, attributes };
}

/** AttributeProto. Its `type` is not needed: exactly one of the value fields is filled. */
function readAttribute(bytes: Bytes): [string, OnnxAttribute] {
  let name = "";
  let value: OnnxAttribute | null = null;
  let type = 0;
  const numbers: number[] = [];
  const strings: string[] = [];
  walk(bytes, (field, wire, reader) => {
    if (field === 1 && isBlock(wire)) name = text(reader);
    else if (field === 2 && wire === WireType.Bit32) value = reader.float();
    else if (field === 3 && wire === WireType.Varint) value = integer(reader);
    else if (field === 4 && isBlock(wire)) value = text(reader);
    else if (field === 5 && isBlock(wire)) value = readTensor(block(reader));
    else if (field === 7) floats(reader, wire, numbers);
    else if (field === 8) integers(reader, wire, numbers);
    else if (field === 9 && isBlock(wire)) push(strings, text(reader));
    else if (field === 20 && wire === WireType.Varint) type = integer(reader);
    else if ((field === 6 || field === 11) && isBlock(wire)) {
      reader.skip(wire);
      value = { unread: "a subgraph" };
    } else return false;
    return true;
  });
  // An empty list fills no field: only the type (6 floats, 7 ints, 8 strings) tells it from a number.
  if (strings.length > 0 || type === 8) return [name, strings];
  if (numbers.length > 0 || type === 6 || type === 7) return [name, numbers];
  return [name, value ?? { unread: `a value of attribute type ${type}` }];
}

function readTensor(bytes: Bytes): OnnxTensor {
  const dims: number[] = [];
  const numbers: number[] = [];
  let name = "";
  let code = 0;
  let raw: Bytes | null = null;
  let isExternal = false;
  const external: Record<string, string> = Object.create(null) as Record<string, string>;
  walk(bytes, (field, wire, reader) => {
    if (field === 1) integers(reader, wire, dims);
    else if (field === 2 && wire === WireType.Varint) code = integer(reader);
    else if (field === 4) floats(reader, wire, numbers);
    else if (field === 5 || field === 7 || field === 11) integers(reader, wire, numbers);
    else if (field === 8 && isBlock(wire)) name = text(reader);
    else if (field === 9 && isBlock(wire)) raw = block(reader);
    else if (field === 10) doubles(reader, wire, numbers);
    else if (field === 13 && isBlock(wire)) {
      const [key, value] = readEntry(block(reader));
      external[key] = value;
    } else if (field === 14 && wire === WireType.Varint) isExternal = integer(reader) === 1;
    else return false;
    return true;
  });
  const type = onnxTypeOf(code);
  if (type === null) throw new Broken(`tensor "${name}" has the element type ${code}, which is not read`);
  if (dims.length > MAX_RANK) throw new Broken(`tensor "${name}" has ${dims.length} axes`);
  if (!dims.every((size) => size >= 0 && size <= Number.MAX_SAFE_INTEGER))
    throw new Broken(`tensor "${name}" has the shape [${dims.join(",")}]`);
  if (!Number.isSafeInteger(dims.reduce((product, size) => product * size, 1))) throw new Broken(`tensor "${name}" is too large`);
  return {
    name,
    type: type satisfies OnnxType,
    dims,
    raw,
    numbers: raw === null && !isExternal ? numbers : null,
    external: isExternal ? externalData(name, external) : null,
  };
}

function externalData(name: string, { location, offset, length }: Record<string, string>): ExternalData {
  const parsed = { location: location ?? "", offset: Number(offset ?? 0), length: length === undefined ? null : Number(length) };
  if (parsed.location === "") throw new Broken(`tensor "${name}" lies outside and does not say where`);
  for (const value of [parsed.offset, parsed.length ?? 0]) {
    if (!Number.isSafeInteger(value) || value < 0) throw new Broken(`tensor "${name}" lies at an impossible place of ${parsed.location}`);
  }
  return parsed;
}

function readValueInfo(bytes: Bytes): OnnxValueInfo {
  let name = "";
  let type: OnnxType | null = null;
  let dims: (number | string)[] | null = null;
  walk(bytes, (field, wire, reader) => {
    if (!isBlock(wire)) return false;
    if (field === 1) name = text(reader);
    else if (field === 2) nested(block(reader), 1, (tensorType) => readTensorType(tensorType, (t, d) => void ((type = t), (dims = d))));
    else return false;
    return true;
  });
  return { name, type, dims };
}

function readTensorType(bytes: Bytes, done: (type: OnnxType | null, dims: (number | string)[] | null) => void): void {
  let type: OnnxType | null = null;
  let dims: (number | string)[] | null = null;
  walk(bytes, (field, wire, reader) => {
    if (field === 1 && wire === WireType.Varint) type = onnxTypeOf(integer(reader));
    else if (field === 2 && isBlock(wire)) {
      const found: (number | string)[] = [];
      nested(block(reader), 1, (dimension) => push(found, readDimension(dimension)));
      dims = found;
    } else return false;
    return true;
  });
  done(type, dims);
}

function readDimension(bytes: Bytes): number | string {
  let size: number | string = "";
  walk(bytes, (field, wire, reader) => {
    if (field === 1 && wire === WireType.Varint) size = integer(reader);
    else if (field === 2 && isBlock(wire)) size = text(reader);
    else return false;
    return true;
  });
  return size;
}

function readOpset(bytes: Bytes): [string, number] {
  let domain = "";
  let version = 0;
  walk(bytes, (field, wire, reader) => {
    if (field === 1 && isBlock(wire)) domain = text(reader);
    else if (field === 2 && wire === WireType.Varint) version = integer(reader);
    else return false;
    return true;
  });
  return [domain === "ai.onnx" ? "" : domain, version];
}

function readEntry(bytes: Bytes): [string, string] {
  let key = "";
  let value = "";
  walk(bytes, (field, wire, reader) => {
    if (!isBlock(wire)) return false;
    if (field === 1) key = text(reader);
    else if (field === 2) value = text(reader);
    else return false;
    return true;
  });
  return [key, value];
}

/** Calls `visit` for every field; what it does not take (false) is skipped. */
function walk(bytes: Bytes, visit: Fields): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (wire === WireType.StartGroup || wire === WireType.EndGroup) throw new Broken("it holds a protobuf group");
    if (!visit(field, wire, reader)) reader.skip(wire, field);
  }
}

function nested(bytes: Bytes, wanted: number, read: (block: Bytes) => void): void {
  walk(bytes, (field, wire, reader) => {
    if (field !== wanted || !isBlock(wire)) return false;
    read(block(reader));
    return true;
  });
}

function isBlock(wire: WireType): boolean {
  return wire === WireType.LengthDelimited;
}

function block(reader: BinaryReader): Bytes {
  return reader.bytes() as Bytes;
}

function text(reader: BinaryReader): string {
  return reader.string();
}

/** int64 as a number: beyond 2^53 it rounds, which only "to the end" markers of Slice reach. */
function integer(reader: BinaryReader): number {
  return Number(reader.int64());
}

/** Repeated integers, packed or not. */
function integers(reader: BinaryReader, wire: WireType, into: number[]): void {
  if (wire === WireType.Varint) return void into.push(integer(reader));
  if (!isBlock(wire)) return void reader.skip(wire);
  const packed = new BinaryReader(block(reader));
  while (packed.pos < packed.len) into.push(integer(packed));
}

function floats(reader: BinaryReader, wire: WireType, into: number[]): void {
  if (wire === WireType.Bit32) return void into.push(reader.float());
  if (!isBlock(wire)) return void reader.skip(wire);
  const packed = new BinaryReader(block(reader));
  while (packed.pos < packed.len) into.push(packed.float());
}

function doubles(reader: BinaryReader, wire: WireType, into: number[]): void {
  if (wire === WireType.Bit64) return void into.push(reader.double());
  if (!isBlock(wire)) return void reader.skip(wire);
  const packed = new BinaryReader(block(reader));
  while (packed.pos < packed.len) into.push(packed.double());
}

function push<Item>(list: Item[], item: Item): void {
  if (list.length >= MAX_ENTRIES) throw new Broken(`it holds more than ${MAX_ENTRIES} entries of one kind`);
  list.push(item);
}
