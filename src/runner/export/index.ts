/** Every export format by name. Adding one: its file, its test, one line here. */
import { InputError } from "../../tensor/input-error.ts";
import type { ExportFormat, ExportInput, ExportResult } from "./export-format.ts";
import { compressedTensors } from "./compressed-tensors.ts";
import { encodings } from "./encodings.ts";
import { onnxNBits } from "./onnx-nbits.ts";
import { onnxFloat, onnxQdq } from "./onnx.ts";

export const exportFormats: readonly ExportFormat[] = [onnxFloat, onnxQdq, onnxNBits, compressedTensors, encodings];

/** Writes a model in a format by its name. Throws InputError EXPORT_UNKNOWN or EXPORT_UNSUPPORTED. */
export function exportModel(name: string, input: ExportInput): Promise<ExportResult> {
  const format = exportFormats.find((other) => other.name === name);
  if (!format) {
    throw new InputError("EXPORT_UNKNOWN", {
      what: `There is no export format named "${name}".`,
      why: `The formats are ${exportFormats.map((other) => other.name).join(", ")}.`,
      next: "Choose one of them.",
    });
  }
  return format.write(input);
}
