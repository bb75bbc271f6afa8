import { describe, expect, it } from "vitest";
import { collectDrop, filesOf } from "./collect-drop.ts";

function fileEntry(path: string): FileSystemFileEntry {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return {
    isFile: true,
    isDirectory: false,
    name,
    fullPath: path,
    file: (resolve: FileCallback) => queueMicrotask(() => resolve(new File([path], name))),
  } as unknown as FileSystemFileEntry;
}

/** Gives its children in batches of 100, as Chromium does. */
function folderEntry(path: string, children: readonly FileSystemEntry[]): FileSystemDirectoryEntry {
  return {
    isFile: false,
    isDirectory: true,
    name: path,
    fullPath: path,
    createReader: () => {
      let next = 0;
      return {
        readEntries: (resolve: FileSystemEntriesCallback) => {
          const batch = children.slice(next, next + 100);
          next += 100;
          queueMicrotask(() => resolve(batch));
        },
      };
    },
  } as unknown as FileSystemDirectoryEntry;
}

describe("collectDrop", () => {
  it("walks folders to the end, past the hundred entries of one readEntries call", async () => {
    const photos = Array.from({ length: 250 }, (_, i) => fileEntry(`/set/photos/${i}.png`));
    const folder = folderEntry("/set", [folderEntry("/set/photos", photos), fileEntry("/set/model.safetensors")]);
    const items = [{ kind: "file", webkitGetAsEntry: () => folder, getAsFile: () => null }];
    const found = await collectDrop({ items, files: [] });
    expect(found.length).toBe(251);
    expect(found[0]?.path).toBe("set/photos/0.png");
    expect(found[249]?.path).toBe("set/photos/249.png");
    expect(await found[250]?.blob.text()).toBe("/set/model.safetensors");
  });

  it("takes every entry before the first await, because the browser then empties the drop", async () => {
    let open = true;
    const items = ["/a.png", "/b.png", "/c.png"].map((path) => ({
      kind: "file",
      webkitGetAsEntry: () => (open ? fileEntry(path) : null),
      getAsFile: () => null,
    }));
    const collecting = collectDrop({ items, files: [] });
    open = false;
    items.length = 0;
    expect((await collecting).map((file) => file.path)).toEqual(["a.png", "b.png", "c.png"]);
  });

  it("says of a link that it is no file, and how a model of the Hub is asked for", async () => {
    const drop = (text: string) => collectDrop({ items: [], files: [], getData: (type) => (type === "text/uri-list" ? text : "") });
    await expect(drop("# dragged\r\nhttps://example.org/vit.safetensors")).rejects.toMatchObject({
      code: "LINK_GIVEN",
      what: "https://example.org/vit.safetensors is a link, not a file.",
      next: expect.stringContaining("download the file") as string,
    });
    const hub = await drop("https://huggingface.co/google/vit-base-patch16-224/blob/main/model.safetensors").catch((error: Error) => error);
    expect(hub).toMatchObject({ next: expect.stringContaining("google/vit-base-patch16-224") as string });
    expect(await drop("")).toEqual([]);
  });

  it("uses plain files where there are no entries, and skips dragged text", async () => {
    const file = new File(["x"], "cat.jpg");
    const text = { kind: "string", webkitGetAsEntry: () => null, getAsFile: () => null };
    expect((await collectDrop({ items: [text, { kind: "file", getAsFile: () => file }], files: [file] })).map((f) => f.path)).toEqual([
      "cat.jpg",
    ]);
    expect((await collectDrop({ items: [], files: [file] })).map((f) => f.path)).toEqual(["cat.jpg"]);
  });

  it("fails when a file cannot be read", async () => {
    const broken = fileEntry("/a.png");
    broken.file = (_ok, fail) => fail?.(new DOMException("gone", "NotFoundError"));
    const items = [{ kind: "file", webkitGetAsEntry: () => broken, getAsFile: () => null }];
    await expect(collectDrop({ items, files: [] })).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
      what: "a.png could not be read.",
      why: "gone",
    });
  });
});

it("filesOf keeps the folder of a folder input", () => {
  const file = Object.defineProperty(new File(["x"], "cat.jpg"), "webkitRelativePath", { value: "photos/cat.jpg" });
  expect(filesOf([file, new File(["y"], "dog.jpg")]).map((found) => found.path)).toEqual(["photos/cat.jpg", "dog.jpg"]);
});
