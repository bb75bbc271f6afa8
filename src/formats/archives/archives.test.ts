/** Archives written by Python's zipfile, tarfile and numpy (tools/goldens/archives.py), hostile and damaged ones among them. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InputError } from "../../tensor/input-error.ts";
import { seededRandom } from "../../tensor/random.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { fromBytes, type ByteSource } from "../byte-source.ts";
import { openModelFiles } from "../open-model.ts";
import { readAny } from "../tensor-store.ts";
import { openWeights } from "../weight-formats.ts";
import { expandArchives } from "./expand.ts";

const folder = new URL("goldens/", import.meta.url);

function bytesOf(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(name, folder)));
}

function file(name: string): ByteSource {
  return fromBytes(bytesOf(name), name);
}

async function contents(sources: readonly ByteSource[]): Promise<Record<string, string>> {
  const pairs = sources.map(async (source) => [source.name, new TextDecoder().decode(await source.slice(0, source.byteLength))] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

describe("folders in archives", () => {
  const config = '{"num_heads": 3}';
  const notes = "hello ".repeat(100);

  test.each(["stored", "deflated"])("%s zip", async (stem) => {
    const expected = { [`${stem}/model/config.json`]: config, [`${stem}/model/notes.txt`]: notes };
    expect(await contents(await expandArchives([file(`${stem}.zip`)]))).toEqual(expected);
  });

  test.each(["gnu.tar", "pax.tar", "packed.tar.gz"])("%s: long paths too, links left out", async (name) => {
    const stem = name.replace(/\.tar(\.gz)?$/, "");
    const deep = `${stem}/model/${"deep/".repeat(40)}leaf.txt`;
    const expected = { [`${stem}/model/config.json`]: config, [`${stem}/model/notes.txt`]: notes, [deep]: "leaf" };
    expect(await contents(await expandArchives([file(name)]))).toEqual(expected);
  });

  test("part of a member", async () => {
    for (const name of ["stored.zip", "deflated.zip", "gnu.tar"]) {
      const notesFile = (await expandArchives([file(name)])).find((source) => source.name.endsWith("notes.txt"));
      expect(new TextDecoder().decode(await notesFile?.slice(6, 11)), name).toBe("hello");
    }
  });

  test("other files stay as they are", async () => {
    const other = fromBytes(Uint8Array.of(1, 2, 3), "x.zip");
    expect(await expandArchives([other])).toEqual([other]);
  });
});

describe("arrays", () => {
  test("npz, plain and compressed", async () => {
    const store = await openWeights(file("arrays.npz"));
    expect(store.names).toEqual(["a", "b"]);
    expect(store.shape("a")).toEqual([2, 3]);
    expect([...(await store.read("a")).data]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...(await store.readIntegers("b")).data]).toEqual([1, -2]);
    expect([...(await readAny(await openWeights(file("packed.npz")), "Transformer/norm/scale")).data]).toEqual([1, 1, 1, 1]);
  });
});

describe("hostile archives", () => {
  test.each([
    ["escape.zip", /[Uu]nsafe filename/],
    ["escape.tar", /out of its folder/],
    ["bomb.zip", /exhaust memory/],
  ])("%s", async (name, says) => {
    const error = await expectCode("ARCHIVE_INVALID", () => openModelFiles([file(name)]));
    expect(error.why).toMatch(says);
  });

  test("a member that holds more than it announces", async () => {
    const [member] = await expandArchives([file("liar.zip")]);
    expect(member.byteLength).toBe(10);
    await expectCode("ARCHIVE_INVALID", () => member.slice(0, 10));
  });

  test("damaged ones end in InputErrors", async () => {
    const random = seededRandom(5);
    for (const name of ["stored.zip", "deflated.zip", "gnu.tar", "pax.tar", "packed.tar.gz", "arrays.npz"]) {
      for (let round = 0; round < 30; round++) {
        let bytes = bytesOf(name);
        for (let flips = 0; flips < 3; flips++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
        if (round % 3 === 0) bytes = bytes.slice(0, Math.floor(random() * bytes.length));
        try {
          const sources = name.endsWith("npz") ? [] : await expandArchives([fromBytes(bytes, name)]);
          await contents(sources);
          if (name.endsWith("npz")) await openWeights(fromBytes(bytes, name));
        } catch (error) {
          expect(error, `${name}, round ${round}: ${String(error)}`).toBeInstanceOf(InputError);
        }
      }
    }
  });
});
