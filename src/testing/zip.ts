/** A zip of stored members, in their order: what Python's zipfile and PyTorch's writer make, without their padding. */
export function zipOf(members: Readonly<Record<string, string | Uint8Array>>): Uint8Array<ArrayBuffer> {
  const files: number[] = [];
  const directory: number[] = [];
  const two = (value: number): number[] => [value & 255, (value >> 8) & 255];
  const four = (value: number): number[] => [...two(value & 0xffff), ...two(value >>> 16)];
  for (const [name, content] of Object.entries(members)) {
    const path = new TextEncoder().encode(name);
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    // Version, flags, method, time, date; then checksum, both sizes, lengths of name and extra field.
    const common = [...two(20), ...two(0x800), ...two(0), ...two(0), ...two(33), ...four(crc32(bytes)), ...four(bytes.length), ...four(bytes.length), ...two(path.length), ...two(0)]; // prettier-ignore
    directory.push(0x50, 0x4b, 1, 2, ...two(20), ...common, ...two(0), ...two(0), ...two(0), ...four(0), ...four(files.length), ...path);
    files.push(0x50, 0x4b, 3, 4, ...common, ...path);
    for (const byte of bytes) files.push(byte);
  }
  const count = Object.keys(members).length;
  const end = [0x50, 0x4b, 5, 6, 0, 0, 0, 0, ...two(count), ...two(count), ...four(directory.length), ...four(files.length), 0, 0];
  return Uint8Array.from([...files, ...directory, ...end]);
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
