/**
 * Export: encodings as AIMET writes them (version 0.6.1), which Qualcomm's tools take beside an ONNX file: per tensor {min, max, scale, offset, bitwidth,
 * is_symmetric}. offset is minus the zero point; value = (code + offset) * scale. Names are those of the f32 ONNX file that goes with it.
 * Layout: https://docs.qualcomm.com/bundle/publicresource/topics/80-63442-2/AIMET-encodings.html
 */
import type { Graph } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { isUniform } from "../pack-weights.ts";
import { exportUnsupported, fileStem, type ExportFormat } from "./export-format.ts";
import { onnxFloat } from "./onnx.ts";

interface Encoding {
  readonly bitwidth: number;
  readonly dtype: "int";
  readonly is_symmetric: "True" | "False";
  readonly max: number;
  readonly min: number;
  readonly offset: number;
  readonly scale: number;
}

interface Encodings {
  readonly version: "0.6.1";
  readonly activation_encodings: Record<string, readonly Encoding[]>;
  readonly param_encodings: Record<string, readonly Encoding[]>;
}

export const encodings: ExportFormat = {
  name: "encodings",
  label: "encodings (AIMET) and ONNX",
  summary: "Qualcomm's tools: the f32 network with a JSON file of ranges",
  async write(input) {
    const network = await onnxFloat.write(input);
    const { table, left } = encodingsOf(input.graph);
    const text = `${JSON.stringify(table, null, 1)}\n`;
    const check = { ...network.check, quantizersCompared: readBack(text, input.graph, left) };
    const file = { name: `${fileStem(input)}.encodings`, bytes: new TextEncoder().encode(text) };
    const notes = left.length > 0 ? [`Without uniform levels, and so not in the file: ${left.join(", ")}.`] : [];
    return { files: [...network.files, file], payloadBytes: network.payloadBytes, check, notes };
  },
};

function encodingsOf(graph: Graph): { table: Encodings; left: readonly string[] } {
  const table: Encodings = { version: "0.6.1", activation_encodings: {}, param_encodings: {} };
  const left: string[] = [];
  for (const { name, quantizers } of graph.nodes) {
    for (const [site, quantizer] of Object.entries(quantizers ?? {})) {
      const isWeight = site === "weight";
      const place = isWeight ? `${name}.weight` : `${name}.${site}`;
      if (!isUniform(quantizer) || (!isWeight && quantizer.axis === -2)) left.push(place);
      else (isWeight ? table.param_encodings : table.activation_encodings)[place] = encode(quantizer);
    }
  }
  if (Object.keys(table.param_encodings).length + Object.keys(table.activation_encodings).length === 0) {
    throw exportUnsupported("encodings", "a model without uniform quantizers");
  }
  return { table, left };
}

function encode({ scale, zeroPoint, bits }: Quantizer): Encoding[] {
  return Array.from(scale, (step, i) => ({
    bitwidth: bits,
    dtype: "int",
    is_symmetric: zeroPoint[i] === 2 ** (bits - 1) ? "True" : "False",
    max: (2 ** bits - 1 - zeroPoint[i]) * step,
    min: -zeroPoint[i] * step,
    offset: -zeroPoint[i],
    scale: step,
  }));
}

/** Every uniform quantizer of the graph must come out of the text with its own numbers; returns their count. */
function readBack(text: string, graph: Graph, left: readonly string[]): number {
  const { activation_encodings: activations, param_encodings: params } = JSON.parse(text) as Encodings;
  let count = 0;
  for (const { name, quantizers } of graph.nodes) {
    for (const [site, quantizer] of Object.entries(quantizers ?? {})) {
      const place = `${name}.${site}`;
      if (left.includes(place)) continue;
      const found = (site === "weight" ? params : activations)[place] ?? [];
      const isSame =
        found.length === quantizer.scale.length &&
        found.every(
          ({ scale, offset, bitwidth }, i) =>
            scale === quantizer.scale[i] && -offset === quantizer.zeroPoint[i] && bitwidth === quantizer.bits,
        );
      if (!isSame) throw new Error(`internal: the encodings are not the model's at ${place}`);
      count++;
    }
  }
  return count;
}
