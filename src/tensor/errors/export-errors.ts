import type { ErrorEntry } from "./error-entry.ts";

export const exportErrors = {
  EXPORT_UNKNOWN: {
    title: "Unknown export format",
    meaning: "An export format that does not exist.",
    advice: "Choose one of the names that the error lists.",
  },
  EXPORT_UNSUPPORTED: {
    title: "No place in the format",
    meaning: "A model with a part, or a quantizer, that the export format has no place for.",
    advice: "Write a package, or choose a recipe with plain quantizers.",
  },
  ONNX_NOT_WRITABLE: {
    title: "Not writable for the benchmark",
    meaning: "A model, or a quantization of it, that the benchmark's ONNX writer has no form for.",
    advice: "Benchmark the float model or another quantization.",
  },
} as const satisfies Record<string, ErrorEntry>;
