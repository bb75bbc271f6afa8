/** Checkpoints written by PyTorch itself (tools/goldens/torch_checkpoints.py), and damaged copies of them. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InputError } from "../../tensor/input-error.ts";
import { seededRandom } from "../../tensor/random.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { sniff } from "../sniff.ts";
import { fromBytes, type ByteSource } from "../byte-source.ts";
import { readAny, type TensorStore } from "../tensor-store.ts";
import { openWeights } from "../weight-formats.ts";

type Golden = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>>;

const folder = new URL("goldens/", import.meta.url);
const goldens = JSON.parse(readFileSync(new URL("checkpoints.json", folder), "utf8")) as Record<"plain" | "training" | "module", Golden>;

function bytesOf(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(name, folder)));
}

function file(name: string): ByteSource {
  return fromBytes(bytesOf(name), name);
}

async function expectValues(store: TensorStore, golden: Golden): Promise<void> {
  expect([...store.names].sort()).toEqual(Object.keys(golden).sort());
  for (const [name, { shape, data }] of Object.entries(golden)) {
    expect(store.shape(name), name).toEqual(shape);
    const read = await readAny(store, name);
    expect([...read.data], name).toEqual(data.map(Number));
    expect(read.shape, name).toEqual(shape);
  }
}

describe("what PyTorch saves", () => {
  test.each(["state-dict.pth", "legacy.pth", "protocol4.pt"])("%s: all dtypes, views and shared storages", async (name) => {
    const store = await openWeights(file(name));
    await expectValues(store, goldens.plain);
    expect(store.dtype("half")).toBe("F16");
    expect(store.dtype("bfloat")).toBe("BF16");
    expect(store.metadata.checkpointKey).toBeUndefined();
  });

  test("a training checkpoint: the model among optimizer, arguments and counters", async () => {
    const store = await openWeights(file("training.pth"));
    await expectValues(store, goldens.training);
    expect(store.metadata.checkpointKey).toBe("model");
  });

  test("a whole module of torch's own classes: its tensors under its names", async () => {
    await expectValues(await openWeights(file("module.pt")), goldens.module);
  });

  test("the same module compiled by TorchScript: its tensors, not its code", async () => {
    expect(await sniff(file("script.pt"))).toBe("zip-pickle");
    await expectValues(await openWeights(file("script.pt")), goldens.module);
  });
});

describe("what is refused", () => {
  test.each([
    ["evil.pth", /posix\.system|os\.system/],
    ["evil.bin", /posix\.system|os\.system/],
    ["own-class.pt", /__main__\.Net/],
  ])("%s names code, and nothing runs", async (name, says) => {
    const error = await expectCode("PICKLE_CODE", () => openWeights(file(name)));
    expect(error.what).toMatch(says);
  });

  test("a checkpoint that was cut short", async () => {
    for (const name of ["state-dict.pth", "legacy.pth"]) {
      const bytes = bytesOf(name);
      for (const share of [0.3, 0.6, 0.9, 0.99]) {
        const cut = fromBytes(bytes.slice(0, Math.floor(share * bytes.length)), name);
        await expect(openWeights(cut), `${name} ${share}`).rejects.toBeInstanceOf(InputError);
        // The table of contents of a zip is its end.
        if (name.endsWith("dict.pth")) {
          const error = await expectCode("TRUNCATED", () => openWeights(cut));
          expect(error.why).toContain(`${cut.byteLength} bytes`);
        }
      }
    }
  });

  test("a tensor that reaches past its storage", async () => {
    const bytes = bytesOf("legacy.pth");
    // The first storage ends the file's pickles with its count of elements, 12: an int64 that is made 5.
    const at = bytes.findIndex((_, i) => bytes[i] === 12 && bytes.slice(i + 1, i + 8).every((byte) => byte === 0));
    bytes[at] = 5;
    await expectCode("CHECKPOINT_INVALID", () => openWeights(fromBytes(bytes, "short.pth")));
  });

  test("a pickle without torch's frame", async () => {
    const pickled = new TextEncoder().encode("\x80\x02}q\x00.".replace("\x80", ""));
    const bytes = new Uint8Array([0x80, ...pickled]);
    await expectCode("CHECKPOINT_NO_WEIGHTS", () => openWeights(fromBytes(bytes, "list.bin")));
  });
});

test("damaged checkpoints end in InputErrors or in values of the announced sizes, never in a crash", async () => {
  const random = seededRandom(11);
  for (const name of ["state-dict.pth", "legacy.pth", "module.pt", "protocol4.pt", "script.pt"]) {
    for (let round = 0; round < 60; round++) {
      const bytes = bytesOf(name);
      for (let flips = 0; flips < 4; flips++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      try {
        const store = await openWeights(fromBytes(bytes, name));
        for (const tensor of store.names) await readAny(store, tensor);
      } catch (error) {
        expect(error, `${name}, round ${round}: ${String(error)}`).toBeInstanceOf(InputError);
      }
    }
  }
});
