import type { Graph } from "../graph/graph.ts";
import { isTable } from "../graph/tables.ts";

const F32_BYTES = 4;
const TABLE_BYTES = 2;

/** Bytes of the parameters: all in f32, and packed (codes at their own bits, a scale and a zero point per channel, tables of rows two bytes a row, the rest f32). */
export function packageBytes(float: Graph, quantized: Graph): { floatBytes: number; quantizedBytes: number } {
  return { floatBytes: parameterBytes(float, false), quantizedBytes: parameterBytes(quantized, true) };
}

function parameterBytes(graph: Graph, packed: boolean): number {
  let sum = 0;
  for (const { weights, quantizers } of graph.nodes) {
    for (const [name, { data }] of Object.entries(weights)) {
      if (isTable(name)) {
        // In a float model the program that reads it makes them.
        if (packed) sum += TABLE_BYTES * data.length;
        continue;
      }
      const quantizer = packed && name === "weight" ? quantizers?.weight : undefined;
      if (!quantizer) sum += F32_BYTES * data.length;
      else sum += Math.ceil((data.length * quantizer.bits) / 8) + F32_BYTES * (quantizer.scale.length + quantizer.zeroPoint.length);
    }
    if (!packed || !quantizers) continue;
    for (const [site, { scale, zeroPoint }] of Object.entries(quantizers)) {
      if (site !== "weight") sum += F32_BYTES * (scale.length + zeroPoint.length);
    }
  }
  return sum;
}
