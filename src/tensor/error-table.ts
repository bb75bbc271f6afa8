/**
 * Every code that an InputError may carry: what the page, the command line and docs/errors.md (node tools/error-docs.mjs) say of it beyond the text of the
 * error itself. Codes are stable; texts may change.
 */
export interface ErrorEntry {
  readonly title: string;
  readonly meaning: string;
  /** What helps in general; the error's own text knows the case. */
  readonly advice: string;
}

const fileErrors = {
  FILE_EMPTY: { title: "Empty file", meaning: "The file has no bytes.", advice: "Download or copy the file again." },
  FILE_NOT_FOUND: {
    title: "No such path",
    meaning: "A path that does not exist.",
    advice: "Check the spelling; relative paths start where the command runs.",
  },
  FILE_UNREADABLE: {
    title: "File cannot be read",
    meaning: "The browser or system refused to read the file: moved, changed or removed since it was chosen.",
    advice: "Choose the file again; it must stay where it is while it is open.",
  },
  NOT_A_FILE: { title: "A folder instead of a file", meaning: "A folder where one file is needed.", advice: "Name the file itself." },
  LFS_POINTER: {
    title: "Git-LFS pointer",
    meaning: "A Git-LFS pointer stands where the file should be; the error tells its size and hash.",
    advice: "Run `git lfs pull` in the repository, or download the file from the model's page.",
  },
  HTML_PAGE: {
    title: "Web page instead of a file",
    meaning: "A web page was saved instead of the file: gated repository, login page or wrong link.",
    advice: 'Accept the licence or log in, and use the download ("resolve") link.',
  },
  JSON_ERROR_BODY: {
    title: "Server's answer instead of a file",
    meaning: "A server's JSON answer was saved instead of the file; the error quotes it.",
    advice: "Check the link and your access rights, then download again.",
  },
  NOT_WEIGHTS: {
    title: "Another kind of file",
    meaning: "A file of another kind (pickle, ONNX, GGUF, image, PDF, archive ...) stands where weights are expected.",
    advice: "Choose the model file, or convert it as the error says.",
  },
  TRUNCATED: {
    title: "Cut off",
    meaning: "The file ends before its contents do: an interrupted download; the error tells how much is there.",
    advice: "Download the file again; the sizes in the error must agree.",
  },
  HEADER_INVALID: {
    title: "Broken safetensors header",
    meaning: "The safetensors header breaks a rule of the format; the error names the tensor and the rule.",
    advice: "Download the file again, or save it with the safetensors library.",
  },
  ARCHIVE_INVALID: {
    title: "Unsafe or damaged archive",
    meaning:
      "A zip, tar or gzip archive is damaged, or made to do harm: paths out of its folder, members that inflate beyond what they announce.",
    advice: "Unpack it with a program that you trust, and drop the files.",
  },
  HUB_REPOSITORY: {
    title: "No name of a repository",
    meaning: "A text that names no repository of the Hugging Face Hub.",
    advice: 'Give "owner/name" as it stands at the top of the model\'s page.',
  },
  HUB_NOT_FOUND: {
    title: "Repository not open",
    meaning: "The Hub has no such repository or file, or does not give it without an account.",
    advice: "Check the name; for gated models download the files in the browser, and drop them.",
  },
  HUB_UNREACHABLE: {
    title: "Hub not reachable",
    meaning: "No connection to the Hub came about, or it failed.",
    advice: "Try again later, or drop files that were downloaded otherwise.",
  },
  HUB_CHANGED: {
    title: "Download of another size",
    meaning: "A file from the Hub has another size than the repository lists.",
    advice: "Download again; what has come is kept.",
  },
  PICKLE_CODE: {
    title: "Code inside a checkpoint",
    meaning: "A checkpoint names a function or class that weights do not need; nothing in it is run, and the error tells the name.",
    advice: "Save the weights alone: `torch.save(model.state_dict(), ...)` or safetensors.",
  },
  CHECKPOINT_INVALID: {
    title: "Damaged checkpoint",
    meaning: "A PyTorch checkpoint is damaged, or a tensor in it reaches outside its storage.",
    advice: "Download or save it again.",
  },
  CHECKPOINT_NO_WEIGHTS: {
    title: "Checkpoint without weights",
    meaning: "A PyTorch checkpoint or archive of arrays in which no dict of weights can be found.",
    advice: "Save the state_dict of the model, and open that.",
  },
  NPY_INVALID: {
    title: "Broken NumPy array",
    meaning: "The file is not a well-formed NumPy array.",
    advice: "Write it again with `numpy.save`.",
  },
  NPY_DTYPE: {
    title: "Unread NumPy element type",
    meaning: "The NumPy array's element type is not read here.",
    advice: "Save it as float32 or as integers of up to 32 bits.",
  },
  NPY_FORTRAN_ORDER: {
    title: "NumPy array in Fortran order",
    meaning: "The NumPy array is stored column by column (Fortran order).",
    advice: "Make it contiguous (numpy.ascontiguousarray) and save it again.",
  },
  ONNX_INVALID: {
    title: "Broken ONNX file",
    meaning: "The ONNX file breaks a rule of the format; the error names the rule or the tensor.",
    advice: "Export it again, and check it with `python -m onnx.checker`.",
  },
  ONNX_DATA_MISSING: {
    title: "External data missing",
    meaning: "An ONNX model keeps its weights in another file, which was not given; the error names it.",
    advice: "Drop the data file together with the .onnx file.",
  },
  ONNX_NETWORK_MISSING: {
    title: "ONNX data without its network",
    meaning: "The data file of an ONNX model was given without the .onnx file that says what it holds.",
    advice: "Drop both files together.",
  },
  ONNX_DATA_PATH: {
    title: "External data outside of the folder",
    meaning: "An ONNX model wants its weights from a path that leaves its folder.",
    advice: "Save the model with its data beside it.",
  },
  SHARD_MISSING: {
    title: "Parts of the model missing",
    meaning: "Some parts of a sharded model were not given; the error lists them.",
    advice: "Give all parts, with the index file.",
  },
  INDEX_INVALID: {
    title: "Unusable index of parts",
    meaning: "The index of a sharded model is not usable, or disagrees with its shards.",
    advice: "Download the index and all parts from one revision.",
  },
  NO_WEIGHTS: {
    title: "No weights among the files",
    meaning: "No file among those given holds model weights.",
    advice: "Give .safetensors, a PyTorch checkpoint, .npz or .onnx.",
  },
  SEVERAL_MODELS: {
    title: "Several models",
    meaning: "The files hold more than one model; the error lists them.",
    advice: "Give one of them, with its config.json.",
  },
  CONFIG_INVALID: {
    title: "Unusable configuration",
    meaning: "A configuration (config.json, preprocessor_config.json) is broken, or a field in it has an unusable value.",
    advice: "Correct it, or leave it out; what it would tell is then assumed and shown as such.",
  },
  CONFIG_TOO_LARGE: {
    title: "Configuration too large",
    meaning: "A configuration file is larger than 10 MB.",
    advice: "Choose the config.json that belongs to the weights.",
  },
  INTEGER_RANGE: {
    title: "Integer beyond 32 bits",
    meaning: "A 64-bit integer does not fit the 32 bits that integers are read into.",
    advice: "Save the tensor as int32.",
  },
  UNSUPPORTED_DTYPE: {
    title: "Unread element type",
    meaning: "A tensor is stored in a type that cannot be read as what is needed.",
    advice: "Save the weights as float32, float16 or bfloat16.",
  },
  TENSOR_UNKNOWN: {
    title: "No tensor of that name",
    meaning: "A tensor was asked for by a name that the file does not hold.",
    advice: "Give one of the names that the error lists.",
  },
} as const satisfies Record<string, ErrorEntry>;

const modelErrors = {
  NOT_A_VIT: {
    title: "Another kind of network",
    meaning: "The weights are another kind of network; the error says which one they look like.",
    advice: "Open a Vision Transformer.",
  },
  UNSUPPORTED_TENSOR: {
    title: "Part that is not run here",
    meaning: "A Vision Transformer with a part that is not run here; the error names its tensors.",
    advice: "Open a model without that part; running without it would give wrong results.",
  },
  UNSUPPORTED_ACTIVATION: {
    title: "Activation that is not run here",
    meaning: "The configuration names an activation that MLP blocks are not run with.",
    advice: "Open a model with GELU, ReLU, SiLU or a polynomial.",
  },
  UNSUPPORTED_POOLING: {
    title: "Pooling that is not run here",
    meaning: "The configuration names a pooling other than class token, mean or attention.",
    advice: "Open a model that pools by class token, mean or attention.",
  },
  ONNX_UNSUPPORTED: {
    title: "Operator that is not run here",
    meaning: "An ONNX network with a part that is not run here; the error names the node and its operator.",
    advice: "Open the PyTorch weights, or export again with constant folding.",
  },
  PACKED_INVALID: {
    title: "Packed weights that do not fit together",
    meaning: "Weights that another quantizer packed, whose parts do not fit together; the error names the layer.",
    advice: "Download all files again, with their config.json.",
  },
  PACKED_UNSUPPORTED: {
    title: "Packed weights of another layout",
    meaning: "Weights packed in a layout that is not read here (bitsandbytes, HQQ, quanto ...); the error names it.",
    advice: "Open the float model and quantize it here.",
  },
  TENSOR_MISSING: {
    title: "Tensor missing",
    meaning: "A tensor that the network needs is not in the file.",
    advice: "Save the whole state_dict; give all parts of the model.",
  },
  TENSOR_SHAPE: {
    title: "Tensor of the wrong shape",
    meaning: "A tensor's shape does not fit the rest of the network.",
    advice: "Open the weights of one network as they were trained.",
  },
  TENSOR_TWICE: {
    title: "Weight stored twice",
    meaning: "Two tensors of the file stand for the same weight.",
    advice: "Save only the copy that is to be run.",
  },
  POSITIONS_MISMATCH: {
    title: "Positions of no image size",
    meaning: "The positional embedding's length fits no image size.",
    advice: "Say in config.json what image size the model takes.",
  },
  WINDOWS_MISMATCH: {
    title: "Windows that do not fill the image",
    meaning: "The windows of a Swin Transformer or TinyViT, or the patches of a MobileViT, do not fill its tokens at this image size.",
    advice: "Choose an image size that is a multiple of patch and window.",
  },
  HEADS_INVALID: {
    title: "Impossible number of heads",
    meaning: "The number of attention heads does not divide the attention's width.",
    advice: "State the number of heads.",
  },
  WEIGHTS_NOT_FINITE: {
    title: "NaN or infinity in the weights",
    meaning: "A weight is NaN or infinite; the error names the tensor and the count.",
    advice: "Take a checkpoint from before the divergence, or convert again.",
  },
  PACKAGE_INVALID: {
    title: "Broken package",
    meaning: "A Vitrine package whose description breaks a rule; the error names it.",
    advice: "Write the package again.",
  },
  SCHEME_UNKNOWN: {
    title: "Unknown quantization scheme",
    meaning: "A file names a quantization scheme that does not exist here.",
    advice: "Open the file with the version that wrote it.",
  },
  MODEL_TOO_LARGE: {
    title: "Too large for the adapter",
    meaning: "A buffer larger than the adapter allows; the error names the tensor and both sizes.",
    advice: "Use a larger GPU, a smaller model, or the CPU.",
  },
} as const satisfies Record<string, ErrorEntry>;

const imageErrors = {
  IMAGE_EMPTY: { title: "Empty image", meaning: "The file has no bytes.", advice: "Leave it out, or copy it again." },
  IMAGE_LFS_POINTER: {
    title: "Git-LFS pointer",
    meaning: "A Git-LFS pointer stands where the image should be.",
    advice: "Run `git lfs pull`.",
  },
  IMAGE_HTML: {
    title: "Web page instead of an image",
    meaning: "A web page was saved instead of the image.",
    advice: "Save the image itself.",
  },
  IMAGE_HEIC: {
    title: "Photo in HEIC format",
    meaning: "An iPhone photo (HEIC/HEIF), which few browsers decode.",
    advice: "Export it as JPEG.",
  },
  IMAGE_FORMAT_UNSUPPORTED: {
    title: "Image format not decoded",
    meaning: "A known kind of image that is not decoded alike everywhere (TIFF, AVIF, JPEG XL ...), or not in this environment.",
    advice: "Convert it to PNG or JPEG.",
  },
  IMAGE_UNKNOWN: {
    title: "Not an image",
    meaning: "The bytes are no image of a kind that is known here.",
    advice: "Give JPEG, PNG, WebP, GIF or BMP.",
  },
  IMAGE_TRUNCATED: { title: "Cut off", meaning: "The file ends before the image does.", advice: "Copy or download it again." },
  IMAGE_UNDECODABLE: {
    title: "Damaged image",
    meaning: "The image is damaged, or uses a variant of its format that the decoder lacks.",
    advice: "Save it again from a program that opens it.",
  },
  IMAGE_TOO_LARGE: {
    title: "Too many pixels",
    meaning: "More pixels than are decoded.",
    advice: "Scale it down; the model reads a few hundred pixels a side.",
  },
  IMAGE_SIZE_MISMATCH: {
    title: "Wrong size",
    meaning: "The preprocessing resizes nothing and the image has another size than the model's input.",
    advice: "Give images of the model's size, or a preprocessing that resizes.",
  },
  IMAGE_MISSING: {
    title: "Labelled image missing",
    meaning: "The labels name an image that the folder does not hold.",
    advice: "Give the folder that holds all images, or drop the row.",
  },
  NO_IMAGES: { title: "No usable image", meaning: "No file that can be used as an image.", advice: "Give a folder or files with images." },
  LABELS_INVALID: {
    title: "Unusable labels file",
    meaning: "A labels file without the columns filename and label, or with an incomplete line.",
    advice: "Write a CSV with the columns filename and label.",
  },
  LABELS_COUNT: {
    title: "Labels and inputs differ in number",
    meaning: "Another number of labels than of inputs.",
    advice: "Give one label for each input.",
  },
  LABEL_UNKNOWN: {
    title: "Label of no class",
    meaning: "A label that is none of the model's classes.",
    advice: "Use class names or numbers that the model has.",
  },
  MANIFEST_INVALID: {
    title: "Broken manifest",
    meaning: "A manifest of images is no JSON, or not one that the page wrote; the error says where.",
    advice: "Save the manifest again from the page.",
  },
  MANIFEST_MISMATCH: {
    title: "Other images than the manifest's",
    meaning: "Images that a manifest names are not among the open ones: no file has their digest.",
    advice: "Open the images that it names.",
  },
  CANVAS_FALSIFIED: {
    title: "Browser changes pixels",
    meaning: "The browser changes pixels that are read from a canvas, so images would not be the ones given.",
    advice: "Turn off fingerprinting protection for this page, or use another browser.",
  },
  INPUTS_DTYPE: {
    title: "Inputs that are no floats",
    meaning: "Inputs that are not floating point.",
    advice: "Save preprocessed inputs as float32.",
  },
  INPUTS_NOT_FINITE: {
    title: "NaN or infinity in the inputs",
    meaning: "Inputs with NaN or infinity.",
    advice: "Check the preprocessing that made them.",
  },
  INPUTS_SHAPE: {
    title: "Inputs of another shape",
    meaning: "Inputs of another shape than the model reads.",
    advice: "Give [images, channels, height, width] as the model takes it.",
  },
} as const satisfies Record<string, ErrorEntry>;

const quantizationErrors = {
  ALREADY_QUANTIZED: {
    title: "Already quantized",
    meaning: "`quantize` was given a package; it wants the float model.",
    advice: "Open the float model.",
  },
  RECIPE_UNKNOWN: {
    title: "Unknown recipe",
    meaning: "A recipe name that does not exist.",
    advice: "Choose one of the names that the error lists.",
  },
  RECIPE_UNSUITABLE: {
    title: "Recipe for another family",
    meaning: "A recipe has no rule for any weight, activation or attention map of this model: it was made for another family.",
    advice: "Choose another recipe.",
  },
  RULES_INVALID: {
    title: "Broken recipe file",
    meaning: "A recipe file is no JSON or not of the expected form; the error names line and column.",
    advice: "Correct the place that the error names.",
  },
  RULES_REFUSED: {
    title: "Rule that cannot be followed",
    meaning:
      "A rule names no layer of the model, asks for what does not exist there, or contradicts a step of the recipe; the error says which.",
    advice: "Change or leave out the rule.",
  },
  BITS_UNSUPPORTED: {
    title: "Unsupported bits",
    meaning:
      "Bits outside 2 to 8 or outside a recipe's own range, or widths that mixed precision does not choose among (2, 3, 4, 6 and 8).",
    advice: "Choose bits in the range that the error tells.",
  },
  BIT_BUDGET_TOO_SMALL: {
    title: "Budget too small",
    meaning:
      "Mixed precision is to fit into fewer bytes or bit operations than the model needs with the fewest bits everywhere; the error tells how many that is.",
    advice: "Raise the budget to what the error tells.",
  },
  LAYER_BITS_INVALID: {
    title: "Unusable bits by layer",
    meaning: "Bits by layer that are not of the expected form, or for layers that the model does not have.",
    advice: "Name layers of this model, and bits from 2 to 8.",
  },
  CALIBRATION_EMPTY: { title: "No calibration images", meaning: "No calibration images.", advice: "Give some images." },
  CALIBRATION_TOO_FEW: {
    title: "Too few calibration images",
    meaning: "A recipe was given fewer calibration images than its statistics need; the error says how many it wants.",
    advice: "Give as many as the error says.",
  },
  CALIBRATION_TOO_LARGE: {
    title: "Too many calibration images",
    meaning: "Calibration would hold more than 2 GiB of activations; the error says how many images fit.",
    advice: "Use as many as the error says fit.",
  },
  CALIBRATION_NOT_FINITE: {
    title: "NaN or infinity while calibrating",
    meaning: "NaN or infinity at a place that calibration measures.",
    advice: "Check the weights and the images' preprocessing.",
  },
  INTEGER_OVERFLOW: {
    title: "Sums beyond 32 bits",
    meaning: "Zero points so far outside the code range that 32-bit sums could overflow.",
    advice: "Choose another recipe or more bits.",
  },
  RELEVANCE_ZERO: {
    title: "No relevance to follow",
    meaning: "The largest logit is exactly 0 on every image, so there is no relevance to follow backwards.",
    advice: "Choose other images or another recipe.",
  },
  SWEEP_MISMATCH: {
    title: "Results of another sweep",
    meaning:
      "The file named by `--out` holds a sweep of another model, other images, other bits by layer or another executor, or no sweep.",
    advice: "Choose another file for the results.",
  },
} as const satisfies Record<string, ErrorEntry>;

const exportErrors = {
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

const runningErrors = {
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

/** In the order of the documentation. */
export const errorAreas = {
  "Model files": fileErrors,
  Models: modelErrors,
  "Images, labels and inputs": imageErrors,
  Quantization: quantizationErrors,
  Export: exportErrors,
  Running: runningErrors,
} as const satisfies Record<string, Record<string, ErrorEntry>>;

const table = { ...fileErrors, ...modelErrors, ...imageErrors, ...quantizationErrors, ...exportErrors, ...runningErrors };

export type ErrorCode = keyof typeof table;

/** null for what is no InputError's code: a bug of ours. */
export function errorEntry(code: string): ErrorEntry | null {
  return Object.hasOwn(table, code) ? table[code as ErrorCode] : null;
}
