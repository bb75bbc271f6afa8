import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { tarOf } from "../../testing/tar.ts";
import { sortArchives } from "./sort-archives.ts";
import { sortFiles } from "./sort-files.ts";

const sort = (path: string, bytes: Uint8Array<ArrayBuffer>) => sortArchives(sortFiles([{ path, blob: new Blob([bytes]) }]));

it("hands archives of pictures to the images, and all others to the model", async () => {
  const photos = await sort("photos.tar", tarOf({ "a/cat.jpg": "1", "b/dog.png": "2", "labels.csv": "3" }));
  expect(photos).toMatchObject({ model: [], images: [{ path: "photos.tar" }] });
  const model = await sort("vit.tar", tarOf({ "vit/model.safetensors": "1", "vit/example.png": "2" }));
  expect(model).toMatchObject({ model: [{ path: "vit.tar" }], images: [] });
  const escape = new Uint8Array(readFileSync(new URL("../../formats/archives/goldens/escape.zip", import.meta.url)));
  expect(await sort("escape.zip", escape)).toMatchObject({ model: [{ path: "escape.zip" }], images: [] });
});
