/**
 * Every code that reading files can end in, with one line each: the documentation lists exactly these (a test compares them).
 * Codes are stable; texts may change.
 */
import { InputError } from "../tensor/input-error.ts";

export const formatErrorCodes = {
  FILE_EMPTY: "The file has no bytes.",
  FILE_UNREADABLE: "The browser or system refused to read the file: moved, changed or removed since it was chosen.",
  LFS_POINTER: "A Git-LFS pointer stands where the file should be; the error tells its size and hash.",
  HTML_PAGE: "A web page was saved instead of the file: gated repository, login page or wrong link.",
  JSON_ERROR_BODY: "A server's JSON answer was saved instead of the file; the error quotes it.",
  NOT_WEIGHTS: "A file of another kind (pickle, ONNX, GGUF, image, PDF, archive ...) stands where weights are expected.",
  HEADER_INVALID: "The safetensors header breaks a rule of the format; the error names the tensor and the rule.",
  TRUNCATED: "The file ends before its contents do: an interrupted download; the error tells how much is there.",
  SHARD_MISSING: "Some parts of a sharded model were not given; the error lists them.",
  INDEX_INVALID: "The index of a sharded model is not usable, or disagrees with its shards.",
  UNSUPPORTED_DTYPE: "A tensor is stored in a type that cannot be read as what is needed.",
  INTEGER_RANGE: "A 64-bit integer does not fit the 32 bits that integers are read into.",
  TENSOR_UNKNOWN: "A tensor was asked for by a name that the file does not hold.",
  NO_WEIGHTS: "No file among those given holds model weights.",
  SEVERAL_MODELS: "The files hold more than one model; the error lists them.",
  CONFIG_INVALID: "A configuration (config.json, preprocessor_config.json) is broken, or a field in it has an unusable value.",
  CONFIG_TOO_LARGE: "A configuration file is larger than 10 MB.",
  ONNX_INVALID: "The ONNX file breaks a rule of the format; the error names the rule or the tensor.",
  ONNX_DATA_MISSING: "An ONNX model keeps its weights in another file, which was not given; the error names it.",
  ONNX_DATA_PATH: "An ONNX model wants its weights from a path that leaves its folder.",
  ARCHIVE_INVALID:
    "A zip, tar or gzip archive is damaged, or made to do harm: paths out of its folder, members that inflate beyond what they announce.",
  PICKLE_CODE: "A checkpoint names a function or class that weights do not need; nothing in it is run, and the error tells the name.",
  CHECKPOINT_INVALID: "A PyTorch checkpoint is damaged, or a tensor in it reaches outside its storage.",
  CHECKPOINT_NO_WEIGHTS: "A PyTorch checkpoint or archive of arrays in which no dict of weights can be found.",
  NPY_INVALID: "The file is not a well-formed NumPy array.",
  NPY_DTYPE: "The NumPy array's element type is not read here.",
  NPY_FORTRAN_ORDER: "The NumPy array is stored column by column (Fortran order).",
} as const satisfies Record<string, string>;

export type FormatErrorCode = keyof typeof formatErrorCodes;

/** An InputError whose code is in the list above. */
export function formatError(code: FormatErrorCode, what: string, why: string, next: string): InputError {
  return new InputError(code, { what, why, next });
}
