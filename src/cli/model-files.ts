/** Of the files in a folder, those that belong to the model in file `name`: configurations, the other parts of a sharded model, the weights of an ONNX model. */
export function belongingTo(name: string, folder: readonly string[]): string[] {
  const isIndex = name.endsWith(".safetensors.index.json");
  const shard = /^(.*)-\d{5}-of-(\d{5})\.safetensors$/.exec(name);
  const network = /^(.*)\.onnx$/.exec(name);
  return folder.filter((other) => {
    if (other === name) return false;
    if (other === "config.json" || other === "preprocessor_config.json") return true;
    if (isIndex) return other.endsWith(".safetensors");
    // model.onnx_data, model.onnx.data, model.data, model.onnx_data_1: as PyTorch, optimum and others call it.
    if (network) return other.startsWith(`${network[1]}.`) && /[._](data|bin|weights)(_\d+)?$/.test(other);
    if (!shard) return false;
    const [, stem, count] = shard;
    return (other.startsWith(`${stem}-`) && other.endsWith(`-of-${count}.safetensors`)) || other === `${stem}.safetensors.index.json`;
  });
}
