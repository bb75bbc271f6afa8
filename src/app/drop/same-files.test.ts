import { expect, it } from "vitest";
import { sameFiles } from "./same-files.ts";

const file = (path: string, content: BlobPart) => ({ path, blob: new Blob([content]) });

it("knows the same files again under other names and in another order", async () => {
  const first = [file("vit.safetensors", "weights"), file("config.json", "{}")];
  expect(await sameFiles(first, [file("config.json", "{}"), file("vit (1).safetensors", "weights")])).toBe(true);
  expect(await sameFiles(first, [file("config.json", "{}"), file("vit.safetensors", "weighty")])).toBe(false);
  expect(await sameFiles(first, [file("vit.safetensors", "weights")])).toBe(false);
  expect(await sameFiles([], [])).toBe(false);
});

it("reads large files in parts, to their last byte", async () => {
  const bytes = new Uint8Array(2 ** 24 + 5);
  const other = bytes.slice();
  other[2 ** 24 + 4] = 1;
  expect(await sameFiles([file("a", bytes)], [file("a", bytes.slice())])).toBe(true);
  expect(await sameFiles([file("a", bytes)], [file("a", other)])).toBe(false);
  await expect(sameFiles([file("a", bytes)], [file("a", bytes)], AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
});
