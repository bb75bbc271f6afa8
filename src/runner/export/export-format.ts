/** What an export is: a format of another tool, written from a graph and proved by reading it back. */
import type { Graph } from "../../graph/graph.ts";
import type { ModelCard } from "../../models/config.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { QuantizeRequest } from "../comparison.ts";

export interface ExportInput {
  /** Float or quantized. */
  readonly graph: Graph;
  readonly card: ModelCard;
  /** null for a float model. */
  readonly request: QuantizeRequest | null;
}

export interface ExportedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What reading the files back showed; a difference that is not of rounding throws instead. */
export interface ExportCheck {
  /** In words: "a graph of 31 nodes", "50 tensors". */
  readonly readBack: string;
  readonly weightsCompared: number;
  /** Largest |difference| of a weight, relative to its tensor's largest magnitude. */
  readonly largestWeightDifference: number;
  readonly quantizersCompared: number;
}

export interface ExportResult {
  readonly files: readonly ExportedFile[];
  /** Bytes of weights and quantizers as the format stores them, without names and structure; known before anything is written. */
  readonly payloadBytes: number;
  readonly check: ExportCheck;
  /** What the format cannot hold and was left out; plain sentences. */
  readonly notes: readonly string[];
}

export interface ExportFormat {
  readonly name: string;
  readonly label: string;
  /** Who opens it. */
  readonly summary: string;
  write(input: ExportInput): Promise<ExportResult>;
}

/** A model that a format cannot hold. */
export function exportUnsupported(format: string, what: string): InputError {
  return new InputError("EXPORT_UNSUPPORTED", {
    what: `This model cannot be written as ${format}.`,
    why: `The format has no place for ${what}.`,
    next: "Write a package instead, or choose a recipe with plain quantizers (min-max, mse, percentile).",
  });
}

/** "deit tiny/16" -> "deit-tiny-16": a file name on every system. */
export function fileStem({ card, request }: Pick<ExportInput, "card" | "request">): string {
  const bits = request ? `-${request.recipe}-w${request.weightBits}a${request.activationBits}` : "";
  return `${card.name}${bits}`.replace(/[^\w.-]+/g, "-");
}
