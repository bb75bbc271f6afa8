/**
 * The names that a pickle may mention. Nothing behind a name is ever run: a call becomes a `PickleObject` that records the name and its
 * arguments. A name outside this list is refused all the same, because a checkpoint that needs it holds more than weights.
 */
const exact = new Set([
  "collections.OrderedDict",
  "collections.defaultdict",
  "collections.Counter",
  "argparse.Namespace",
  "functools.partial",
  "copyreg._reconstructor",
  "copy_reg._reconstructor",
  "_codecs.encode",
  "builtins.object",
  "builtins.set",
  "builtins.dict",
  "builtins.list",
  "builtins.int",
  "builtins.float",
  "builtins.bytearray",
  "__builtin__.object",
  "__builtin__.set",
  "__builtin__.dict",
  "__builtin__.list",
  "pathlib.PosixPath",
  "pathlib.WindowsPath",
  "pathlib.Path",
  "numpy.dtype",
  "numpy.ndarray",
  "numpy.core.multiarray.scalar",
  "numpy.core.multiarray._reconstruct",
  "numpy._core.multiarray.scalar",
  "numpy._core.multiarray._reconstruct",
  "torch.Size",
  "torch.device",
  "torch.Tensor",
  "torch.Generator",
  "torch._utils._rebuild_tensor",
  "torch._utils._rebuild_tensor_v2",
  "torch._utils._rebuild_tensor_v3",
  "torch._utils._rebuild_parameter",
  "torch._utils._rebuild_parameter_with_state",
  "torch._tensor._rebuild_from_type_v2",
  "torch.storage.UntypedStorage",
  "torch.storage.TypedStorage",
  "torch.nn.parameter.Parameter",
  "torch._C._nn.gelu",
]);

/** Modules of common Vision Transformer code: their classes occur where a whole module was saved, and stay inert descriptions here. */
const modules = /^(torch\.nn\.(modules|functional|parameter)|timm|torchvision\.(models|ops)|transformers)\./;

/** TorchScript's own classes, and the containers that it builds: what they compute lies in other files, which are not read. */
const script = /^(__torch__\.|torch\.jit\._pickle\.)/;

const storages = /^torch\.(cuda\.)?(Double|Float|Half|BFloat16|Long|Int|Short|Char|Byte|Bool|Untyped)Storage$/;

const dtypes = /^torch\.(float(16|32|64)|half|double|bfloat16|u?int8|int(16|32|64)|bool)$/;

export function isKnownGlobal(name: string): boolean {
  return exact.has(name) || storages.test(name) || dtypes.test(name) || modules.test(name) || script.test(name);
}
