/**
 * Turning stored weights into those of graph nodes: query, key and value fused, LayerScale folded into the Linear before it,
 * positional embeddings split between prefix tokens and patches, head weights halved where two heads are averaged.
 */
import type { Weights } from "../graph/quantizer.ts";
import { tensor, zeros, type Shape, type Tensor } from "../tensor/tensor.ts";
import type { ModelCard } from "./config.ts";
import { layoutOf, positionRow } from "./positions.ts";
import { resamplePositions } from "./resample-positions.ts";
import { joinedQuantizers, scaledQuantizers, withQuantizers } from "./stored-weight.ts";
import type { WeightReader } from "./weight-reader.ts";

/** {weight [N,K], bias?: [N]}; `shape` flattens a convolution. */
export async function linear(reader: WeightReader, name: string, shape?: Shape): Promise<Weights> {
  const weight = await reader.read(`${name}.weight`, shape);
  return reader.has(`${name}.bias`) ? { weight, bias: await reader.read(`${name}.bias`) } : { weight };
}

export async function layerNorm(reader: WeightReader, name: string): Promise<Weights> {
  return { scale: await reader.read(`${name}.weight`), bias: await reader.read(`${name}.bias`) };
}

/** gamma * (W x + b) = (gamma W) x + gamma b, where the block has a LayerScale. */
export async function scaledLinear(reader: WeightReader, name: string, gammaName: string): Promise<Weights> {
  const weights = await linear(reader, name);
  return reader.has(gammaName) ? scaleRows(weights, (await reader.read(gammaName)).data) : weights;
}

/** The Linear whose outputs are multiplied by `factors`, one a row. */
export function scaleRows({ weight, bias }: Weights, factors: Float32Array): Weights {
  const columns = weight.shape[1];
  const values = weight.data.map((value, i) => value * factors[Math.floor(i / columns)]);
  const scaled = withQuantizers(tensor(weight.shape, values), scaledQuantizers(weight, factors));
  return bias
    ? {
        weight: scaled,
        bias: tensor(
          bias.shape,
          bias.data.map((value, i) => value * factors[i]),
        ),
      }
    : { weight: scaled };
}

/** The first rows of a Linear, and the rest. */
export function splitRows({ weight, bias }: Weights, rows: number): readonly [Weights, Weights] {
  const [total, columns] = weight.shape;
  const part = (first: number, end: number): Weights => ({
    weight: tensor([end - first, columns], weight.data.slice(first * columns, end * columns)),
    ...(bias ? { bias: tensor([end - first], bias.data.slice(first, end)) } : {}),
  });
  return [part(0, rows), part(rows, total)];
}

/** {weight [3A,D], bias?: [3A]}: rows of query, then key, then value. A bias that only some of them have is zero for the others. */
export async function fusedQkv(reader: WeightReader, attention: string): Promise<Weights> {
  const parts = ["q", "k", "v"].map((part) => `${attention}.${part}`);
  const weight = reader.has(`${attention}.qkv.weight`)
    ? await reader.read(`${attention}.qkv.weight`)
    : concatenateRows(await inOrder(parts, (part) => reader.read(`${part}.weight`)));
  if (reader.has(`${attention}.qkv.bias`)) return { weight, bias: await reader.read(`${attention}.qkv.bias`) };
  if (!parts.some((part) => reader.has(`${part}.bias`))) return { weight };
  const width = weight.shape[0] / 3;
  const biases = await inOrder(parts, (part) =>
    reader.has(`${part}.bias`) ? reader.read(`${part}.bias`) : Promise.resolve(zeros([width])),
  );
  return { weight, bias: concatenateRows(biases) };
}

/** Weights of PrependTokens: prefix [T,D] with positions added where the model gives them any, positions [P,D] of the patches. */
export async function tokenWeights(
  reader: WeightReader,
  { tokens: tokenCount, config: { embedDim, imageSize, patchSize, positionGrid } }: ModelCard,
  antialias: boolean,
): Promise<Weights> {
  const prefixNames = ["cls_token", "dist_token", "reg_token"].filter((name) => reader.has(name));
  const prefixes = await inOrder(prefixNames, async (name) => {
    const token = await reader.read(name);
    return tensor([token.data.length / embedDim, embedDim], token.data);
  });
  const prefix = prefixes.length > 0 ? concatenateRows(prefixes) : zeros([0, embedDim]);
  const rows = prefix.shape[0];
  // BEiT has no absolute positions.
  if (!reader.has("pos_embed")) return { prefix, positions: zeros([tokenCount - rows, embedDim]) };
  const positions = (await reader.read("pos_embed")).data;
  const storedTokens = positionGrid ? rows + positionGrid[0] * positionGrid[1] : tokenCount;
  const layout = layoutOf(positions.length / embedDim, rows, storedTokens);
  for (let row = 0; row < rows; row++) {
    const position = positionRow(layout, row);
    if (position === null) continue;
    for (let d = 0; d < embedDim; d++) prefix.data[row * embedDim + d] += positions[position * embedDim + d];
  }
  const skipped = layout === "all" ? rows : layout === "class-and-patches" ? 1 : 0;
  const patches = positions.slice(skipped * embedDim);
  const stored = tensor([patches.length / embedDim, embedDim], patches);
  const grid = [imageSize[0] / patchSize, imageSize[1] / patchSize] as const;
  return { prefix, positions: positionGrid ? resamplePositions(stored, positionGrid, grid, antialias) : stored };
}

export function concatenateRows(parts: readonly Tensor[]): Tensor {
  const rows = parts.reduce((sum, { shape }) => sum + shape[0], 0);
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let offset = 0;
  for (const part of parts) {
    data.set(part.data, offset);
    offset += part.data.length;
  }
  return withQuantizers(tensor([rows, ...parts[0].shape.slice(1)], data), joinedQuantizers(parts));
}

/** One after the other: reading all parts at once would hold them all in memory twice. */
async function inOrder<Item, Result>(items: readonly Item[], make: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await make(item));
  return results;
}
