import { expect, test } from "vitest";
import { fromBytes, type ByteSource } from "../formats/byte-source.ts";
import { createTunings, memoryStore } from "../runner/tune/tune-store.ts";
import { expectCode } from "../testing/expect-code.ts";
import { modelSources, syntheticVit } from "../testing/synthetic-model.ts";
import type { Host } from "./host.ts";
import { runCommand } from "./run-command.ts";

/** A host with files in memory and no GPU. */
function memoryHost(files: Readonly<Record<string, readonly ByteSource[]>>): Host {
  const none = () => Promise.reject(new Error("internal: not in this test"));
  return {
    runtime: "test",
    job: {},
    open: (path) => Promise.resolve(files[path] ?? []),
    write: none,
    gpu: none,
    tunings: createTunings(memoryStore()),
    decode: none,
  };
}

const host = memoryHost({
  model: modelSources(syntheticVit({ numClasses: 5 })),
  text: [fromBytes(new TextEncoder().encode("<!doctype html>"), "model.safetensors")],
});

test("inspect reads headers alone and gives the card", async () => {
  const { card } = (await runCommand(["inspect", "--model", "model"], host)) as {
    card: { family: string; config: { numClasses: number } };
  };
  expect(card).toMatchObject({ family: "vit", naming: "timm", config: { numClasses: 5 } });
});

test("--heads overrides, and an impossible number is refused", async () => {
  const { card } = (await runCommand(["inspect", "--model=model", "--heads=2"], host)) as {
    card: { config: { numHeads: number }; assumed: string[] };
  };
  expect(card.config.numHeads).toBe(2);
  expect(card.assumed).not.toContain("numHeads");
  await expectCode("HEADS_INVALID", () => runCommand(["inspect", "--model", "model", "--heads", "7"], host));
});

test("command lines that cannot be understood say what is wrong", async () => {
  for (const [args, text] of [
    [[], "No command"],
    [["explode"], '"explode"'],
    [["inspect"], "--model is missing"],
    [["inspect", "--model", "model", "--model", "model"], "given twice"],
    [["inspect", "--model"], "needs a value"],
    [["inspect", "--modle", "x"], "--modle"],
    [["inspect", "model"], '"model" is not an option'],
    [["inspect", "--model", "model", "--heads", "2.5"], "whole number"],
  ] as const) {
    const error = await expectCode("USAGE", () => runCommand(args, host));
    expect(error.message).toContain(text);
  }
});

test("a web page saved as a model is named as such", async () => {
  await expectCode("HTML_PAGE", () => runCommand(["inspect", "--model", "text"], host));
});
