/** Of the files in a folder, those that belong to the model in file `name`: configurations, and the other parts of a sharded model. */
export function belongingTo(name: string, folder: readonly string[]): string[] {
  const isIndex = name.endsWith(".safetensors.index.json");
  const shard = /^(.*)-\d{5}-of-(\d{5})\.safetensors$/.exec(name);
  return folder.filter((other) => {
    if (other === name) return false;
    if (other === "config.json" || other === "preprocessor_config.json") return true;
    if (isIndex) return other.endsWith(".safetensors");
    if (!shard) return false;
    const [, stem, count] = shard;
    return (other.startsWith(`${stem}-`) && other.endsWith(`-of-${count}.safetensors`)) || other === `${stem}.safetensors.index.json`;
  });
}
