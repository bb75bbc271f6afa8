/** A tar archive (ustar) of small files: a header of 512 bytes each, contents padded to as many, and two empty blocks at the end. */
export function tarOf(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array<ArrayBuffer> {
  const encode = (text: string) => new TextEncoder().encode(text);
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const header = new Uint8Array(512);
    const put = (value: string, at: number) => header.set(encode(value), at);
    const contents = typeof content === "string" ? encode(content) : content;
    put(name, 0);
    put("0000644\0", 100);
    put(`${contents.length.toString(8).padStart(11, "0")}\0`, 124);
    put("        ", 148);
    put("0", 156);
    put("ustar\x0000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    const padded = new Uint8Array(Math.ceil(contents.length / 512) * 512);
    padded.set(contents);
    return [header, padded];
  });
  const bytes = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 1024));
  let at = 0;
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.length;
  }
  return bytes;
}
