import type { TensorStore, AnyTensor } from "../formats/tensor-store.ts";
import { writeSafetensors } from "../formats/safetensors-write.ts";
import { makeGraph, type Graph, type Node } from "../graph/graph.ts";
import type { Quantizer, Quantizers, Site } from "../graph/quantizer.ts";
import type { OpName } from "../graph/node.ts";
import { optionalSitesOf, sitesOf } from "../graph/ops.ts";
import { isTable, packTable, unpackTable } from "../graph/tables.ts";
import type { ModelCard } from "../models/config.ts";
import { quantizerFault } from "../quant/schemes/check-quantizer.ts";
import { encodeTensor } from "../quant/schemes/encode.ts";
import { schemeOf } from "../quant/schemes/index.ts";
import { placeName } from "../quant/sites.ts";
import { InputError } from "../tensor/input-error.ts";
import { packBits, unpackBits } from "../tensor/packing.ts";
import { elementCount, tensor, type Shape, type Tensor } from "../tensor/tensor.ts";
import type { QuantizeRequest } from "./comparison.ts";
import { packageSchema, type PackageHeader } from "./package-schema.ts";

/** Key of the safetensors metadata that makes a file a Vitrine package. */
export const PACKAGE_KEY = "vitrine";

/**
 * A quantized model as one safetensors file: weight codes as dense bit streams with scales and zero points, tables of rows in two bytes, everything else in f32,
 * the graph and the card as JSON. Reading it back gives the same integers, so write -> read -> run equals run.
 */
export function writePackage(graph: Graph, card: ModelCard, request: QuantizeRequest): Uint8Array<ArrayBuffer> {
  const tensors: Record<string, AnyTensor> = {};
  const nodes = graph.nodes.map((node) => {
    for (const [name, weight] of Object.entries(node.weights)) {
      const quantizer = name === "weight" ? node.quantizers?.weight : undefined;
      const table = isTable(name) ? packTable(weight.data) : null;
      if (table) {
        tensors[`${node.name}.${name}.table`] = { dtype: "u8", shape: [table.length], data: table };
        continue;
      }
      if (!quantizer) {
        tensors[`${node.name}.${name}`] = weight;
        continue;
      }
      const codes = packBits(encodeTensor(weight, quantizer).data, quantizer.bits);
      tensors[`${node.name}.weight.codes`] = { dtype: "u8", shape: [codes.length], data: codes };
      tensors[`${node.name}.weight.scale`] = tensor([quantizer.scale.length], quantizer.scale);
      tensors[`${node.name}.weight.zero_point`] = tensor([quantizer.zeroPoint.length], quantizer.zeroPoint);
    }
    return describeNode(node);
  });
  const header = { version: 1, name: graph.name, inputShape: graph.inputShape, nodes, card, request };
  return writeSafetensors(tensors, { [PACKAGE_KEY]: JSON.stringify(header), format: "vitrine-package-1" });
}

function describeNode({ name, op, inputs, attributes, weights, quantizers }: Node) {
  const shapes = Object.fromEntries(Object.entries(weights).map(([key, { shape }]) => [key, shape]));
  const sites = Object.entries(quantizers ?? {}).map(([site, { scheme, bits, levels, axis, scale, zeroPoint, parameters }]) => {
    const base = { scheme, bits, levels, axis, ...(parameters ? { parameters } : {}) };
    return [site, site === "weight" ? base : { ...base, scale: [...scale], zeroPoint: [...zeroPoint] }] as const;
  });
  return { name, op, inputs, attributes, weights: shapes, ...(quantizers ? { quantizers: Object.fromEntries(sites) } : {}) };
}

export function isPackage(store: TensorStore): boolean {
  return Object.hasOwn(store.metadata, PACKAGE_KEY);
}

/** What a package says of itself, without reading a tensor. Throws InputError PACKAGE_INVALID. */
export function readPackageHeader(store: TensorStore): { card: ModelCard; request: QuantizeRequest; header: PackageHeader } {
  let json: unknown;
  try {
    json = JSON.parse(store.metadata[PACKAGE_KEY]);
  } catch {
    throw invalid("its description is not JSON");
  }
  const parsed = packageSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue.path.join(".")}: ${issue.message}`);
  }
  const header = parsed.data;
  const { weightBits, activationBits, recipe, levels } = header.request;
  const { familyLabel = header.card.family } = header.card;
  const card: ModelCard = {
    ...header.card,
    familyLabel,
    naming: "vitrine-package",
    quantization: { recipe, weightBits, activationBits, levels },
  };
  return { card, request: header.request, header };
}

/** The quantized graph of a package; its float weights are the decoded codes. */
export async function readPackage(store: TensorStore): Promise<Graph> {
  const { header } = readPackageHeader(store);
  const nodes: Node[] = [];
  for (const stated of header.nodes) {
    const quantizers = await readQuantizers(store, stated);
    const weights: Record<string, Tensor> = {};
    for (const [name, shape] of Object.entries(stated.weights)) {
      weights[name] =
        name === "weight" && quantizers?.weight
          ? await decodeWeight(store, stated.name, shape, quantizers.weight)
          : await readWeight(store, `${stated.name}.${name}`, shape);
    }
    const base = { name: stated.name, op: stated.op as OpName, inputs: stated.inputs, attributes: stated.attributes, weights };
    nodes.push(quantizers ? { ...base, quantizers } : base);
  }
  let graph: Graph;
  try {
    graph = makeGraph(header.name, header.inputShape, nodes);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message.replace(/^internal: /, "") : String(error));
  }
  checkQuantizers(graph);
  return graph;
}

/** Weights' were checked when they were decoded; the shapes of the others' tensors are known now. */
function checkQuantizers({ nodes, shapes }: Graph): void {
  for (const node of nodes) {
    for (const [name, quantizer] of Object.entries(node.quantizers ?? {})) {
      const site = name as Site;
      if (![...sitesOf(node.op), ...optionalSitesOf(node.op)].includes(site))
        throw invalid(`${node.name} (${node.op}) has no ${site} to quantize`);
      const operand = site === "value" ? 1 : 0;
      const fault = site === "weight" ? null : quantizerFault(quantizer, site, shapes[node.inputs[operand]]);
      if (fault) throw invalid(`${placeName(node, site)}: ${fault}`);
    }
  }
}

async function readQuantizers(
  store: TensorStore,
  { name, weights, quantizers }: PackageHeader["nodes"][number],
): Promise<Quantizers | undefined> {
  if (!quantizers) return undefined;
  const result: Partial<Record<Site, Quantizer>> = {};
  for (const [site, stated] of Object.entries(quantizers)) {
    const { scheme, bits, levels, axis, parameters } = stated;
    const isWeight = site === "weight";
    const scale = isWeight ? (await store.read(`${name}.weight.scale`)).data : Float32Array.from(stated.scale ?? []);
    const zeroPoint = isWeight ? (await store.read(`${name}.weight.zero_point`)).data : Float32Array.from(stated.zeroPoint ?? []);
    if (scale.length === 0 || !scale.every((value) => value > 0 && Number.isFinite(value)) || !zeroPoint.every(Number.isFinite)) {
      throw invalid(`${name}.${site} has an unusable scale or zero point`);
    }
    const quantizer = { scheme, bits, levels, axis, scale, zeroPoint, ...(parameters ? { parameters } : {}) };
    const fault = isWeight ? quantizerFault(quantizer, "weight", weights.weight ?? []) : null;
    if (fault) throw invalid(`${placeName({ name }, "weight")}: ${fault}`);
    result[site as Site] = quantizer;
  }
  return result;
}

async function decodeWeight(store: TensorStore, node: string, shape: Shape, quantizer: Quantizer): Promise<Tensor> {
  const name = `${node}.weight.codes`;
  const count = elementCount(shape);
  const [bytes] = store.shape(name);
  if (bytes !== Math.ceil((count * quantizer.bits) / 8))
    throw invalid(`${name} has ${bytes} bytes for ${count} codes of ${quantizer.bits} bits`);
  const packed = await store.readIntegers(name);
  if (packed.dtype !== "u8") throw invalid(`${name} is stored as ${packed.dtype}`);
  const codes = unpackBits(packed.data, quantizer.bits, count);
  const scheme = schemeOf(quantizer);
  const values = new Float32Array(count);
  const run = count / quantizer.scale.length;
  for (let at = 0, entry = 0; at < count; entry++) {
    for (const end = at + run; at < end; at++) values[at] = scheme.dequantize(codes[at], quantizer, entry);
  }
  return tensor(shape, values);
}

async function readWeight(store: TensorStore, name: string, shape: Shape): Promise<Tensor> {
  if (store.has(`${name}.table`)) return readTable(store, `${name}.table`, shape);
  const weight = await store.read(name);
  if (weight.shape.join() !== shape.join())
    throw invalid(`${name} has the shape [${weight.shape.join(",")}], its graph says [${shape.join(",")}]`);
  return weight;
}

async function readTable(store: TensorStore, name: string, shape: Shape): Promise<Tensor> {
  const { dtype, data } = await store.readIntegers(name);
  if (dtype !== "u8" || data.length !== 2 * elementCount(shape)) throw invalid(`${name} has ${data.length} bytes for [${shape.join(",")}]`);
  return tensor(shape, unpackTable(Uint8Array.from(data)));
}

function invalid(rule: string): InputError {
  return new InputError("PACKAGE_INVALID", {
    what: "The file calls itself a Vitrine package.",
    why: `It cannot be used: ${rule}.`,
    next: "Write the package again with `quantize`.",
  });
}
