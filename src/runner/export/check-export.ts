/** The proof of an export: the files are opened as any model is, and what they hold is compared with what was meant, node by node from the output back. */
import { fromBytes } from "../../formats/byte-source.ts";
import { openModelFiles } from "../../formats/open-model.ts";
import { INPUT, outputName, type Graph, type Node } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { identifyModel } from "../../models/index.ts";
import { unpackWeights } from "../../models/packed/index.ts";
import { sameShape, type Tensor } from "../../tensor/tensor.ts";
import type { ExportCheck, ExportedFile } from "./export-format.ts";
import { roundedWeight } from "./onnx-quantizers.ts";

/** f32 rounds the products of codes, scales and folded vectors a few times in another order. */
const TOLERANCE = 2e-6;

/** Throws where the files hold another model than `expected`. */
export async function checkExport(files: readonly ExportedFile[], expected: Graph): Promise<ExportCheck> {
  const sources = files.map(({ name, bytes }) => fromBytes(bytes, name));
  const opened = identifyModel(await unpackWeights(await openModelFiles(sources)));
  const found = await opened.build();
  return compareGraphs(expected, found);
}

export function compareGraphs(expected: Graph, found: Graph): ExportCheck {
  const nodes = (graph: Graph) => new Map(graph.nodes.map((node) => [node.name, node]));
  const [ours, theirs] = [nodes(expected), nodes(found)];
  const totals = { weightsCompared: 0, largestWeightDifference: 0, quantizersCompared: 0 };
  const pairs = new Map<string, string>();
  const pending: [string, string][] = [[outputName(expected), outputName(found)]];
  for (let pair = pending.pop(); pair; pair = pending.pop()) {
    const [a, b] = pair;
    const known = pairs.get(a);
    if (known !== undefined) {
      if (known !== b) throw differs(a, `stands for ${known} and for ${b}`);
      continue;
    }
    pairs.set(a, b);
    const [mine, other] = [ours.get(a), theirs.get(b)];
    if (a === INPUT && b === INPUT) continue;
    if (!mine || !other) throw differs(a, `meets ${b}`);
    compareNodes(mine, other, totals);
    mine.inputs.forEach((input, i) => pending.push([input, other.inputs[i]]));
  }
  return { readBack: `a graph of ${pairs.size - 1} nodes`, ...totals };
}

type Totals = { -readonly [K in keyof Omit<ExportCheck, "readBack">]: ExportCheck[K] };

function compareNodes(mine: Node, other: Node, totals: Totals): void {
  if (mine.op !== other.op || mine.inputs.length !== other.inputs.length)
    throw differs(mine.name, `is ${mine.op}, read back as ${other.op}`);
  for (const [key, value] of Object.entries(mine.attributes)) {
    const stated = other.attributes[key];
    const isSame = typeof value === "number" ? Math.abs(Number(stated) - value) <= 1e-6 * Math.abs(value) : stated === value;
    if (!isSame) throw differs(`${mine.name}.${key}`, `is ${value}, read back as ${stated}`);
  }
  for (const [key, weight] of Object.entries(mine.weights)) {
    const expected = key === "weight" ? roundedWeight(weight, mine.quantizers?.weight) : weight;
    const difference = weightDifference(`${mine.name}.${key}`, expected, other.weights[key]);
    totals.largestWeightDifference = Math.max(totals.largestWeightDifference, difference);
    totals.weightsCompared++;
  }
  const sites = new Set([...Object.keys(mine.quantizers ?? {}), ...Object.keys(other.quantizers ?? {})]) as Set<
    keyof NonNullable<Node["quantizers"]>
  >;
  for (const site of sites) {
    const [a, b] = [mine.quantizers?.[site], other.quantizers?.[site]];
    // A weight whose zero points lie outside of its type's codes comes back as rounded numbers, compared above.
    if (site === "weight" && a && !b) continue;
    if (!a || !b || !sameGrid(a, b)) throw differs(`${mine.name}.${site}`, "is rounded otherwise when it is read back");
    totals.quantizersCompared++;
  }
}

function weightDifference(name: string, a: Tensor, b: Tensor | undefined): number {
  if (!b || !sameShape(a.shape, b.shape))
    throw differs(name, `is [${a.shape.join(",")}], read back as [${b?.shape.join(",") ?? "nothing"}]`);
  let largest = 0;
  let magnitude = 0;
  for (let i = 0; i < a.data.length; i++) {
    largest = Math.max(largest, Math.abs(a.data[i] - b.data[i]));
    magnitude = Math.max(magnitude, Math.abs(a.data[i]));
  }
  const relative = magnitude > 0 ? largest / magnitude : largest;
  if (!(relative <= TOLERANCE)) throw differs(name, `differs by ${relative} of its largest number when it is read back`);
  return relative;
}

/** The same levels for every element: one entry may stand for a run of equal ones. Codes may be kept in a wider type. */
function sameGrid(a: Quantizer, b: Quantizer): boolean {
  const isWider = a.bits !== b.bits && a.zeroPoint.length > 0;
  if (a.bits !== b.bits && !isWider) return false;
  return sameRuns(a.scale, b.scale) && sameRuns(a.zeroPoint, b.zeroPoint);
}

function sameRuns(a: Float32Array, b: Float32Array): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length === 0) return long.length === 0;
  const run = long.length / short.length;
  return Number.isInteger(run) && long.every((value, i) => value === short[Math.floor(i / run)]);
}

function differs(what: string, how: string): Error {
  return new Error(`internal: the export is not the model: ${what} ${how}`);
}
