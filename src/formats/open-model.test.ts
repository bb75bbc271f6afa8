import { describe, expect, test } from "vitest";
import { expectCode } from "../testing/expect-code.ts";
import { textSource } from "../testing/raw-files.ts";
import { fromBlob, fromBytes, type ByteSource } from "./byte-source.ts";
import { openModelFiles } from "./open-model.ts";
import { writeSafetensors } from "./safetensors-write.ts";

const weights = (name: string, ...tensors: readonly string[]): ByteSource =>
  fromBytes(
    writeSafetensors(Object.fromEntries(tensors.map((key, i) => [key, { dtype: "f32", shape: [1], data: Float32Array.of(i) }]))),
    name,
  );
const json = (name: string, value: unknown) => textSource(JSON.stringify(value), name);

describe("picking the files", () => {
  test("weights alone", async () => {
    const files = await openModelFiles([weights("my-vit.safetensors", "a")]);
    expect(files).toMatchObject({ name: "my-vit", config: null, preprocessor: null });
    expect(files.weights.names).toEqual(["a"]);
  });

  test("a folder with everything a hub repository has", async () => {
    const files = await openModelFiles([
      textSource("# readme", "deit-tiny/README.md"),
      textSource("Bud1", "deit-tiny/.DS_Store"),
      textSource("x", "__MACOSX/deit-tiny/._model.safetensors"),
      textSource("*.safetensors filter=lfs", "deit-tiny/.gitattributes"),
      json("deit-tiny/config.json", { num_heads: 3 }),
      json("deit-tiny/preprocessor_config.json", { size: 224 }),
      weights("deit-tiny/model.safetensors", "a"),
    ]);
    expect(files).toMatchObject({ name: "deit-tiny", config: { num_heads: 3 }, preprocessor: { size: 224 } });
  });

  test("the configuration beside the weights wins over another; a byte order mark is no fault", async () => {
    const files = await openModelFiles([
      json("config.json", { a: 1 }),
      textSource('\ufeff{"a":2}', "m/config.json"),
      weights("m/x.safetensors", "a"),
    ]);
    expect(files.config).toEqual({ a: 2 });
  });

  test("a configuration in another folder, or under another prefix, serves when it is the only one", async () => {
    expect((await openModelFiles([json("m/config.json", { a: 1 }), weights("m/weights/x.safetensors", "a")])).config).toEqual({ a: 1 });
    expect((await openModelFiles([json("hf-config.json", { a: 1 }), weights("x.safetensors", "a")])).config).toEqual({ a: 1 });
    expect((await openModelFiles([json("preprocessor_config.json", { a: 1 }), weights("x.safetensors", "a")])).config).toBeNull();
  });

  test("weights under a wrong ending are still found, also as a Blob", async () => {
    const bytes = await weights("x", "a").slice(0, 1000);
    expect((await openModelFiles([fromBlob(new Blob([bytes]), "pytorch_model.bin")])).weights.names).toEqual(["a"]);
  });
});

describe("shards", () => {
  const first = weights("m/model-00001-of-00002.safetensors", "a", "b");
  const second = weights("m/model-00002-of-00002.safetensors", "c");
  const index = json("m/model.safetensors.index.json", {
    metadata: { total_size: 12 },
    weight_map: { a: "model-00001-of-00002.safetensors", b: "model-00001-of-00002.safetensors", c: "model-00002-of-00002.safetensors" },
  });

  test.each([
    ["with index", [index, second, first]],
    ["without", [second, first]],
  ])("joined %s", async (_case, sources) => {
    const { name, weights: store } = await openModelFiles(sources);
    expect(name).toBe("m");
    expect(store.names).toEqual(["a", "b", "c"]);
    expect(store.sizeBytes).toBe(12);
    expect((await store.read("b")).data).toEqual(Float32Array.of(1));
    expect((await store.read("c")).data).toEqual(Float32Array.of(0));
    await expectCode("TENSOR_UNKNOWN", () => store.read("d"));
  });

  test.each([
    ["an index alone", [index], "m/model-00001-of-00002.safetensors, m/model-00002-of-00002.safetensors"],
    ["one of two with index", [index, second], "m/model-00001-of-00002.safetensors"],
    ["one of two without", [first], "m/model-00002-of-00002.safetensors"],
  ])("%s names what is missing", async (_case, sources, missing) => {
    expect((await expectCode("SHARD_MISSING", () => openModelFiles(sources))).why).toBe(`Missing: ${missing}.`);
  });

  test("an index may name a single file", async () => {
    const map = json("model.safetensors.index.json", { weight_map: { a: "model.safetensors" } });
    expect((await openModelFiles([map, weights("model.safetensors", "a")])).weights.names).toEqual(["a"]);
  });

  test("an index that does not fit", async () => {
    const wrong = (weight_map: unknown) => [json("m/model.safetensors.index.json", { weight_map }), first, second];
    await expectCode("INDEX_INVALID", () => openModelFiles(wrong(undefined)));
    await expectCode("INDEX_INVALID", () => openModelFiles(wrong({})));
    await expectCode("INDEX_INVALID", () => openModelFiles(wrong({ a: "../secret.safetensors" })));
    const absent = { z: "model-00001-of-00002.safetensors", c: "model-00002-of-00002.safetensors" };
    expect((await expectCode("INDEX_INVALID", () => openModelFiles(wrong(absent)))).why).toContain('"z"');
    const repeated = [first, weights("m/model-00002-of-00002.safetensors", "a")];
    expect((await expectCode("INDEX_INVALID", () => openModelFiles(repeated))).why).toContain('"a" lies in two parts');
  });
});

describe("refusing", () => {
  test("several models are listed", async () => {
    const error = await expectCode("SEVERAL_MODELS", () => openModelFiles([weights("a.safetensors", "a"), weights("b.safetensors", "a")]));
    expect(error.message).toContain("a.safetensors, b.safetensors");
    const configs = [json("a/config.json", {}), json("b/config.json", {}), weights("x.safetensors", "a")];
    await expectCode("SEVERAL_MODELS", () => openModelFiles(configs));
  });

  test("nothing, or nothing of use", async () => {
    await expectCode("NO_WEIGHTS", () => openModelFiles([]));
    const error = await expectCode("NO_WEIGHTS", () => openModelFiles([textSource("hello", "notes.txt"), json("config.json", {})]));
    expect(error.why).toContain("notes.txt, config.json");
  });

  test("the one file that names itself like a model tells what it is", async () => {
    const pth = fromBytes(Uint8Array.of(0x50, 0x4b, 3, 4, ...new TextEncoder().encode("archive/data.pkl")), "vit.pth");
    await expectCode("ARCHIVE_INVALID", () => openModelFiles([json("config.json", {}), pth]));
    const pointer = textSource("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n", "pytorch_model.bin");
    await expectCode("LFS_POINTER", () => openModelFiles([pointer]));
  });

  test("configurations that are none", async () => {
    const model = weights("m.safetensors", "a");
    const open = (text: string) => () => openModelFiles([model, textSource(text, "config.json")]);
    expect((await expectCode("CONFIG_INVALID", open("{ broken"))).why).toContain("not JSON");
    await expectCode("CONFIG_INVALID", open("[1]"));
    await expectCode("CONFIG_INVALID", open('{"eps": NaN}'));
    await expectCode("FILE_EMPTY", open(""));
    await expectCode("HTML_PAGE", open("<!doctype html><title>Sign in</title>"));
    const huge: ByteSource = { name: "config.json", byteLength: 10_000_001, slice: () => Promise.reject(new Error("must not be read")) };
    await expectCode("CONFIG_TOO_LARGE", () => openModelFiles([model, huge]));
  });
});
