import type { ErrorEntry } from "./error-entry.ts";

export const fileErrors = {
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
  LINK_GIVEN: {
    title: "A link instead of a file",
    meaning: "A link was dropped or named where a file is needed; servers forbid other pages to read from them.",
    advice: "Download the file and give that; models of the Hugging Face Hub are asked for by name.",
  },
  ALREADY_OPEN: {
    title: "Already open",
    meaning: "The files hold the same bytes as those of the open model.",
    advice: "Give another model, or images.",
  },
  ONNX_TOO_LARGE: {
    title: "ONNX file beyond 2 GB",
    meaning: "An ONNX file larger than 2 GB, which its format (protobuf) cannot hold, or external data larger than is read.",
    advice: "Save the weights as external data: `onnx.save(model, path, save_as_external_data=True)`.",
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
  EXPORTED_PROGRAM: {
    title: "Exported program without readable weights",
    meaning:
      "A program of torch.export (.pt2) whose weights are compiled, pickled in classes of their own, in a layout that is not read, or those of several programs.",
    advice: "Save `program.state_dict` with torch.save, or as safetensors.",
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
