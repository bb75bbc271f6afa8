import type { ErrorEntry } from "./error-entry.ts";

export const runningErrors = {
  NO_ADAPTER: { title: "No GPU", meaning: "No WebGPU, or no adapter.", advice: "Use a browser with WebGPU, or the executor cpu." },
  DEVICE_LOST: {
    title: "GPU lost",
    meaning: "The graphics driver took the device away.",
    advice: "Try again; close other programs that use the GPU.",
  },
  OUT_OF_MEMORY: {
    title: "GPU out of memory",
    meaning: "The GPU had no memory for a buffer; the error names the tensor and its size. What was open stays usable.",
    advice: "Use fewer images at once, or a smaller model.",
  },
  HALF_RANGE: {
    title: "Weight beyond 16 bits",
    meaning: "A weight is too large to be stored as a 16-bit float; the error names the tensor.",
    advice: "Run the model in f32.",
  },
  HALF_WRONG: {
    title: "Wrong results in 16 bits",
    meaning: "A kernel that stores 16-bit floats gives other results on this adapter than the reference; the error names it.",
    advice: "Run the model in f32, or on another adapter.",
  },
  SELFTEST_FAILED: {
    title: "Wrong results from a kernel",
    meaning: "A kernel gives other results on this adapter than the reference.",
    advice: "Report the adapter and driver; use the executor cpu meanwhile.",
  },
  USAGE: {
    title: "Command line not understood",
    meaning: "A command line that cannot be understood; the error lists the command's options.",
    advice: "Read the options that the error lists.",
  },
  BROWSER_STOPPED: {
    title: "Browser closed",
    meaning: "The browser behind `--browser` closed, crashed or could not load the page.",
    advice: "Run the command again; check that a browser with WebGPU is installed.",
  },
  NO_MODEL: { title: "No model yet", meaning: "Images were given before a model.", advice: "Open a model first." },
  RUN_GONE: {
    title: "Comparison no longer held",
    meaning: "A question about a comparison whose models the engine does not hold any more.",
    advice: "Run the comparison again.",
  },
  LEVELS_GONE: {
    title: "Run no longer held",
    meaning: "The page asked for levels of a run whose models the engine no longer holds.",
    advice: "Run the comparison again.",
  },
  SAMPLE_MISSING: {
    title: "Sample missing",
    meaning: "The sample's files do not lie beside the page.",
    advice: "Serve the built page with its files.",
  },
  SHARE_LINK_INVALID: {
    title: "Broken link",
    meaning: "A link to a view is cut off, damaged, or names something that does not exist.",
    advice: "Copy the whole link again.",
  },
  WORKER_STOPPED: { title: "Engine stopped", meaning: "The page's worker could not be loaded or died.", advice: "Reload the page." },
  BENCH_MODEL: {
    title: "Unusable benchmark model",
    meaning: "A benchmark model that is a quantized package, or has the name of another.",
    advice: "Give float models with names of their own.",
  },
  BENCH_REPORT: {
    title: "Unusable benchmark report",
    meaning: "A file given as a benchmark report that is none, or holds a row twice.",
    advice: "Give a report that the benchmark wrote.",
  },
  CONTENDER_UNKNOWN: {
    title: "Unknown contender",
    meaning: "A benchmark contender that does not exist.",
    advice: "Choose one of the names that the error lists.",
  },
  NODE_DATA_INVALID: {
    title: "No node data",
    meaning: "A file of numbers by layer is no JSON, or not of the form that Model Explorer shows.",
    advice: "Choose a node-data JSON file as Model Explorer takes it.",
  },
  PROFILE_INVALID: {
    title: "No saved profile",
    meaning: "A file given as a saved profile that is none, or of another version.",
    advice: "Choose a file that the Bench panel or `lab profile` wrote, or save a new one.",
  },
  SCENARIO_UNKNOWN: {
    title: "Unknown scenario",
    meaning: "A benchmark scenario that does not exist.",
    advice: "Choose one of the names that the error lists.",
  },
} as const satisfies Record<string, ErrorEntry>;
