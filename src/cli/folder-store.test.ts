import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { folderStore } from "./folder-store.ts";

let root = "";
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), "vitrine-store-"))));
afterAll(() => rmSync(root, { recursive: true }));

test("texts by key, each in a file, until they are cleared", async () => {
  const store = folderStore(join(root, "deep", "folder"));
  expect(await store.load("a")).toBeNull();
  await store.save("a", "one");
  await store.save("b/../c", "two");
  expect([await store.load("a"), await store.load("b/../c")]).toEqual(["one", "two"]);
  expect(readdirSync(join(root, "deep", "folder"))).toHaveLength(2);
  await store.clear();
  expect(await store.load("a")).toBeNull();
});

test("a folder that cannot be made keeps nothing and fails nothing", async () => {
  writeFileSync(join(root, "file"), "");
  const store = folderStore(join(root, "file", "below"));
  await store.save("a", "one");
  await store.clear();
  expect(await store.load("a")).toBeNull();
});
